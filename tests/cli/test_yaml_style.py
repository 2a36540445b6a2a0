"""What lint says of the style of specs, by yamllint and the settings of the workspace."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from support.paths import ROOT
from support.trees import write_tree
from support.workspace import workspace

SPEC = "services/web/pipeline.yaml"
HEAD = "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
REST = "  environments: {dev: {image: {tag: a}}}\n"


@pytest.fixture
def lint(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")

    def run(body, *options, command="lint", **files):
        write_tree(folder, {SPEC: HEAD + body, **files})
        done = tiphys(command, "--format", "json", *options, cwd=folder)
        assert "Traceback" not in done.stderr
        found = json.loads(done.stdout)["diagnostics"] if done.stdout else done.stderr
        return [(item["rule"], item["severity"], item["line"], item["message"]) for item in found] if done.stdout else found

    return run


LAX = "spec:\n  image: { repository: x }  \n  values:\n     podLabels: {a: b}\n" + REST


def test_lint_tells_what_is_untidy_at_its_line_and_nothing_else_looks(lint):
    assert lint(LAX) == [
        ("TP070", "warning", 5, "trailing spaces (yamllint: trailing-spaces)"),
        ("TP070", "warning", 7, "wrong indentation: expected 4 but found 5 (yamllint: indentation)"),
    ]
    assert [item for item in lint(LAX, command="check") if item[0] == "TP070"] == []
    assert lint(LAX, "--ignore", "yaml-style") == []
    assert lint(LAX, "environments") == []
    assert len(lint(LAX, "services")) == 2


def test_a_line_that_the_reader_has_complained_about_is_not_complained_about_twice(lint):
    body = "spec:\n  image: {repository: x, tag: 1.10}  \n  replicas: 3  \n" + REST
    assert [item[:3] for item in lint(body)] == [("TP012", "error", 5), ("TP070", "warning", 6)]
    assert [item[0] for item in lint("spec:  \n  image: [\n")] == ["TP001"], "what cannot be parsed has no style"


@pytest.mark.parametrize("name", [".yamllint", ".yamllint.yaml", ".yamllint.yml"])
def test_the_workspace_has_the_last_word_on_style(name, lint):
    assert lint(LAX, **{name: "rules: {trailing-spaces: enable}\n"}) == [
        ("TP070", "error", 5, "trailing spaces (yamllint: trailing-spaces)")
    ]
    assert lint(LAX, **{name: "rules: {trailing-spaces: enable}\nignore: services/\n"}) == []
    tidy_for_us = "spec:\n  image: {repository: x}\n" + REST
    assert lint(tidy_for_us, **{name: "rules: {document-start: enable}\n"}) == [
        ("TP070", "error", 1, 'missing document start "---" (yamllint: document-start)')
    ]
    assert f"{name}: not a valid yamllint configuration" in lint(LAX, **{name: "rules: {nonsense: enable}\n"})
    assert f"{name}: not a valid yamllint configuration" in lint(LAX, **{name: "rules: ["})


def test_comments_switch_yamllint_off_as_they_do_everywhere(lint):
    assert lint(LAX.replace("spec:\n", "spec:\n  # yamllint disable-line rule:trailing-spaces\n"))[0][3].startswith("wrong")
    assert lint(LAX.replace("spec:\n", "# yamllint disable\nspec:\n")) == []


def test_yamllint_is_not_imported_for_specs_that_are_tidy(tmp_path):
    folder = workspace(tmp_path / "w")
    code = "import sys; from generator.cli.main import program\nprogram.main(prog_name='tiphys', standalone_mode=False)\nprint('yamllint' in sys.modules)"

    def imported():
        done = subprocess.run(
            [sys.executable, "-c", code, "lint"],
            cwd=folder,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.endswith("True\n")

    assert not imported()
    write_tree(folder, {SPEC: HEAD + LAX})
    assert imported()
