"""Text of others in the lines of commands and in an editor: no forged line, no cursor moved, no link, no foreign command."""

from __future__ import annotations

import subprocess

import pytest

from generator.diagnostics import START, Diagnostic, Severity
from generator.editor.hover import about_finding, about_shape
from generator.lint import catalogue
from support.trees import write_tree

ODD = "ch\x1b[31m\n::error::x"
CHART = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


@pytest.mark.parametrize(
    "files",
    [
        {f"{ODD}/Chart.yaml": CHART, "cm.yaml": CONFIG},
        {f"{ODD}/Chart.yaml": CHART},
        {"kustomization.yaml": 'resources: ["https://x\\e[31m\\r\\n::error::hi"]\n', "cm.yaml": CONFIG},
        {"kustomization.yaml": 'resources: ["x\\e[31m\\n::error::hi"]\n', "cm.yaml": CONFIG},
        {f"{ODD}/kustomization.yaml": "resources: [a@b.example.com:c]\n", "cm.yaml": CONFIG},
        {f"{ODD}.yaml": "a: [\n"},
    ],
    ids=["a chart", "only a chart", "an address", "a path", "a folder", "a file"],
)
def test_names_in_manifests_forge_no_line(files, tiphys, tmp_path):
    root = write_tree(tmp_path / "r", files)
    done = tiphys("lint", "--manifests", ".", cwd=root)
    said = done.stdout + done.stderr
    assert done.returncode in (0, 1, 2)
    assert "\x1b" not in said
    assert "\r" not in said
    assert not any(line.startswith("::") for line in said.splitlines()), said


def test_a_command_that_is_advised_runs_nothing_else(tiphys, tmp_path):
    root = write_tree(tmp_path / "r", {"a; touch pwned; b/Chart.yaml": CHART})
    done = tiphys("lint", "--manifests", ".", cwd=root)
    (line,) = (line for line in done.stderr.splitlines() if "helm template" in line)
    command = line.partition("render the chart first: ")[2].replace("helm", "true").partition("|")[0]
    subprocess.run(["sh", "-c", command], cwd=root, check=False)
    assert not (root / "pwned").exists()


def test_the_message_of_a_configuration_forges_no_line(tiphys, tmp_path):
    root = write_tree(tmp_path / "r", {"x": ""})
    for words in (("lint", "--manifests", "a\n::error::x"), ("import", "a\x1b[31m\n::error::x")):
        done = tiphys(*words, cwd=root)
        assert done.returncode == 2
        assert "\x1b" not in done.stderr
        assert not any(line.startswith("::") for line in done.stderr.splitlines()), done.stderr


LIVE = [
    '"[x](command:y) ![i](http://e/x.png)"',
    "<img src=http://e>",
    "`a` <b> `[x](command:y)`",
    "`a`b[x](command:y)`",
    "``[x](command:y)``",
    "www.example.com and https://example.com",
    "a\n# b\n- c",
    "\\[x](command:y)",
    "`\n[x](command:y)\n`",
    "$(icon) **b** _i_ &lt; | ~~x~~",
]


@pytest.mark.parametrize("text", LIVE)
def test_what_an_editor_shows_of_a_finding_is_no_markup(text):
    page = catalogue.find("TP023")
    found = about_finding(Diagnostic("x", START, "TP023", Severity.ERROR, text, text), page)
    head = found.removesuffix(page.markdown().rstrip())
    parts = head.partition("(error): ")[2].replace("\n\nHint: ", "").strip().split("`")
    assert len(parts) % 2, head
    plain = "".join(parts[::2])
    assert not set(plain) & set("[]()<>!*_\\\n|~$:"), plain
    assert not any("\n" in part for part in parts), parts


def test_words_in_backticks_stay_code():
    page = catalogue.find("TP023")
    assert "(error): `web` is not a name of `x`" in about_finding(
        Diagnostic("x", START, "TP023", Severity.ERROR, "`web` is not a name of `x`", ""), page
    )


def test_the_name_of_a_field_is_one_word():
    assert "`b[x](command:y)'" in about_shape("b[x](command:y)`", {"type": "string"})
