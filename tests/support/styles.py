"""Specs of this repository, and what yamllint says of a text by the style that Tiphys ships."""

from __future__ import annotations

from yamllint import linter
from yamllint.config import YamlLintConfig

from support.paths import ROOT

SHIPPED = YamlLintConfig((ROOT / "schemas" / "yamllint.yaml").read_text(encoding="utf-8"))
SPECS = [
    path.read_text(encoding="utf-8")
    for folder in ("examples", "tests/data/cases")
    for path in sorted((ROOT / folder).rglob("services/**/*.yaml"))
]


def untidy(text):
    """Return the line and the rule of every complaint of yamllint."""
    return [(found.line, found.rule) for found in linter.get_cosmetic_problems(text, SHIPPED, None)]
