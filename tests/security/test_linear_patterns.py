"""Regular expressions of Tiphys over text of others: none of them keeps a run, an editor or a shell busy."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from itertools import product
from pathlib import Path

import pytest

import generator
from generator.cli.completion import _name_in, offered
from generator.diff.affected.side import _named_in
from generator.syntax.reader.stream import read_stream
from generator.verify.known_values import _is_handed_on
from support.trees import write_tree

_LITERAL = re.compile(r"[A-Za-z$][A-Za-z_.$-]{2,}:?")
_MARKS = [*"a1 \n\t:-.\"'[{%#", "{{", "['", "\n ", " :", "@:", "a-", "- ", "\n%", "<!", "\\"]
_ALONE = {
    ("generator.syntax.durations", "_PART"),  # used only on text that _WHOLE has matched
}


def patterns():
    for module in pkgutil.walk_packages(generator.__path__, "generator."):
        if module.name.endswith("__main__") or ".compiled" in module.name:
            continue
        found = importlib.import_module(module.name)
        text = Path(str(found.__file__)).read_text(encoding="utf-8")
        for name, value in vars(found).items():
            is_own = isinstance(value, re.Pattern) and re.search(rf"^{name}\b.*=", text, re.MULTILINE)
            if is_own and (module.name, name) not in _ALONE:
                elsewhere = rf"\b{name}\.(?:search|sub|subn|finditer|findall|split)\b|\b{name}\b(?!\.| =)"
                yield pytest.param(value, not re.search(elsewhere, text), id=f"{module.name}.{name}")


def seconds(pattern: re.Pattern, text: str, *, only_here: bool) -> float:
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    if only_here:
        pattern.match(given)
    else:
        for _ in pattern.finditer(given):
            pass
    return time.process_time() - began


@pytest.mark.parametrize(("pattern", "only_here"), list(patterns()))
def test_a_pattern_takes_linear_time(pattern, only_here):
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("ascii")
    words = _LITERAL.findall(source)[:4]
    for start, pump in product(["", *words, '"', "a", "://"], [*_MARKS, *words]):
        if seconds(pattern, start + pump * (3_000 // len(pump)) + "\0", only_here=only_here) < 0.004:
            continue
        short, long = (
            min(seconds(pattern, start + pump * (size // len(pump)) + "\0", only_here=only_here) for _ in range(2))
            for size in (3_000, 12_000)
        )
        assert long < 9 * short or long < 0.04, (start, pump, short, long)


LONG = {
    "blank lines above a modeline": "apiVersion: tiphys/v1\n" + "\n" * 200_000 + "kind: Pipeline\n",
    "lines of directives": "%\n" * 120_000,
    "a long word": "a" * 250_000,
    "placeholders that do not end": "a: " + "{{args." * 30_000 + "\n",
    "a key of tabs": "a" + "\t" * 200_000 + "\n",
    "metadata that never names anything": "apiVersion: tiphys/v1\nmetadata:\n" + "    a: b\n" * 20_000 + "spec: {}\n",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_file_that_no_pattern_likes_ends_in_time(text, tiphys, tmp_path):
    root = write_tree(
        tmp_path / "r",
        {
            "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
            "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\nspec: {}\n",
            "services/web/pipeline.yaml": text,
            "m/a.yaml": text,
        },
    )
    for words, env in (
        (("-C", root, "lint"), {}),
        (("lint", "--manifests", root / "m"), {}),
        ((), {"_TIPHYS_COMPLETE": "bash_complete", "COMP_WORDS": "tiphys check ", "COMP_CWORD": "2"}),
    ):
        began = time.monotonic()
        tiphys(*words, cwd=root, env=env)
        assert time.monotonic() - began < 20, words


def test_documents_begin_at_their_directives():
    text = "a: 1\n%YAML 1.1\n%X\n---\nb: 2\n---\nc: 3\n"
    assert [part.text for part in read_stream("x", text)] == ["a: 1\n", "%YAML 1.1\n%X\n---\nb: 2\n", "---\nc: 3\n"]


def test_files_that_a_broken_spec_names_are_found():
    class Tree:
        def read(self, _path):
            return b"a: ./x/one.yaml\nb: [../two.yml, three.yaml.bak, 'four.yaml'] -five.yaml six.yamlx .yaml a/b.yaml/c.txt"

    found = ["s/x/one.yaml", "s/two.yml", "s/three.yaml", "s/four.yaml", "s/five.yaml", "s/a/b.yaml"]
    assert list(_named_in(Tree(), "s/pipeline.yaml")) == found


@pytest.mark.parametrize(
    ("before", "is_whole"),
    [
        (" toYaml ", True),
        (' include "x" (dict "a" ', True),
        (" range $a, $b := ", True),
        (" tpl | ", False),
        (" range | quote ", True),
        (" range x |", False),
        (" merge } ", False),
        (" mergeOverwrite ", True),
        (" x ", False),
        ("dict a " * 20 + "}", False),
    ],
)
def test_values_that_templates_hand_on_are_known(before, is_whole):
    assert _is_handed_on(before) is is_whole


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("metadata: {name: web}\n", "web"),
        ("metadata:\n  name: web\n", "web"),
        ("metadata:\r\n\r\n  labels: {a: b}\r\n  name: 'web'\r\n", "web"),
        ("metadata:\n  labels: {}\nspec:\n  name: web\n", ""),
        ("spec:\n  name: other\nmetadata:\n  name: web\n", "web"),
        ("spec:\n  name: other\n", ""),
    ],
)
def test_the_name_of_a_spec_is_seen(text, name):
    assert _name_in(text) == name


WORDS = [
    "$(touch pwned)",
    "`touch pwned`",
    "a;b",
    "a b",
    "a\nb",
    "-rf",
    "a*",
    "${HOME}",
    "~",
    "a>b",
    "a&b",
    "",
    "ä",
    "a" * 64,
    "A",
]


def test_no_word_that_a_shell_expands_is_offered():
    assert offered([*WORDS, "web", "eu-west-1"], "") == ["web", "eu-west-1"]


def test_a_file_of_an_environment_is_no_command(tiphys, tmp_path):
    files = {f"environments/{name}.yaml": "kind: Environment\n" for name in [*WORDS, "prod"] if name and "/" not in name}
    workspace = "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n"
    root = write_tree(tmp_path / "r", {"tiphys.yaml": workspace, **files})
    env = {"_TIPHYS_COMPLETE": "bash_complete", "COMP_WORDS": "tiphys verify --env ", "COMP_CWORD": "3"}
    assert tiphys(cwd=root, env=env).stdout.splitlines() == ["plain,prod"]
