"""Messages, help texts, rule pages, schemas and docs use the words of docs/style.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from support.paths import ROOT

FORBIDDEN = re.compile(
    r"(?<!there )(?<!There )\bis no [a-z]|\bis none\b|\bwhich there (?:is|are) not\b|\bthat there (?:is|are)\b|\bmends?\b|\bmended\b|\banew\b|\bfor ever\b|\bby turns\b|\breckon(?:s|ed|ing)?\b|\bwhoever\b|\bnobody\b|\bsomebody\b|\bsmall letters\b|\bdashes\b|\bblanks\b|\bthe (?:least|most) is\b|\bwhat can be nothing else\b|\bcomes to [0-9]|\bis another\b|\bsays? nothing of\b|\bwork tree\b|\bso many\b|\bof which nothing\b|\bhow-manieth\b|\bstands? (?:in|on|at|below|beside|there)\b|(?<!-)\bbeside\b(?!-)",
    re.IGNORECASE,
)


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every string literal of a module with its line; docstrings included, as some of them are pages."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def descriptions(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("description", "title") and isinstance(value, str):
                yield value
            else:
                yield from descriptions(value)
    elif isinstance(node, list):
        for value in node:
            yield from descriptions(value)


def texts() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "generator").rglob("*.py")):
        if "compiled" not in path.parts:
            yield from ((f"{path.relative_to(ROOT)}:{line}", text) for line, text in literals(path))
    for path in sorted((ROOT / "schemas" / "source").glob("*.yaml")):
        yield from ((path.name, text) for text in descriptions(yaml.safe_load(path.read_text(encoding="utf-8"))))
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "RELEASING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if path.name != "style.md":
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                yield f"{path.relative_to(ROOT)}:{number}", line


def test_a_reader_never_stumbles_over_translated_english():
    found = [
        f"{where}: {match[0]!r} in {text.strip()[:100]!r}" for where, text in texts() for match in FORBIDDEN.finditer(text)
    ]
    assert not found, f"{len(found)} phrases that docs/style.md replaces:\n" + "\n".join(found)


@pytest.mark.parametrize("sentence", ["`x` is no duration", "run it anew", "the least is 1", "weight 5 comes to 33 %"])
def test_the_wording_test_can_fail(sentence):
    assert FORBIDDEN.search(sentence)
