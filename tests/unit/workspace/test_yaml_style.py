"""What yamllint says of specs, and the quick yes that spares most specs the question."""

from __future__ import annotations

import random

import pytest
from yamllint import linter
from yamllint.config import YamlLintConfig

from generator.syntax.reader import try_parse
from generator.workspace.yaml_style import is_tidy
from support.paths import ROOT

SHIPPED = YamlLintConfig((ROOT / "schemas" / "yamllint.yaml").read_text(encoding="utf-8"))
SPECS = [
    path.read_text(encoding="utf-8")
    for folder in ("examples", "tests/data/cases")
    for path in sorted((ROOT / folder).rglob("services/**/*.yaml"))
]


def untidy(text):
    return [(found.line, found.rule) for found in linter.get_cosmetic_problems(text, SHIPPED, None)]


def test_most_specs_are_known_to_be_tidy_without_asking_yamllint():
    assert len(SPECS) > 20
    assert all(untidy(text) == [] for text in SPECS if is_tidy(text))
    assert sum(map(is_tidy, SPECS)) > len(SPECS) * 0.9


@pytest.mark.parametrize(
    "text",
    [
        "a: 1",
        "a: 1\n\n",
        "\na: 1\n",
        "a: 1 \n",
        "a: 1\n\n\n\nb: 2\n",
        "a : 1\n",
        "a: {  b: 1}\n",
        "a: {b: 1 , c: 2}\n",
        "a: {b: 1,c: 2}\n",
        "a: [1,2]\n",
        "a:\n   b: 1\n",
        "a:\n  b:\n      c: 1\n",
        "-  a\n",
        "a: 1 #x\n",
        "#x\na: 1\n",
        "a: it's  #x\n",
        'a: say "x  #y" z\n',
        "a: |\n  text \n",
        "a: b\n  - c\n",
    ],
)
def test_what_yamllint_could_complain_about_is_never_passed_unseen(text):
    assert not is_tidy(text)


PIECES = [
    " ",
    "  ",
    "\n",
    "#",
    " #",
    " # ",
    ",",
    ", ",
    ":",
    ": ",
    "- ",
    "-",
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    "{ ",
    "a",
    "'x'",
    "é",
    "|",
    ">",
]


def test_the_quick_yes_is_never_wrong_about_specs_that_somebody_mistyped(request):
    """Specs with a few characters put in, taken out or repeated: what passes quickly has passed yamllint too."""
    chance = random.Random(20 if not request.config.getoption("--exhaustive") else None)
    small = [text for text in SPECS if len(text) < 1500]
    passed = 0
    for _ in range(200_000 if request.config.getoption("--exhaustive") else 4_000):
        text = chance.choice(small)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text))
            more = chance.choice([chance.choice(PIECES), "", text[at : at + chance.randint(1, 30)]])
            text = text[:at] + more + text[at + (0 if more else chance.randint(1, 4)) :]
        if is_tidy(text):
            source, problems = try_parse("x.yaml", text.encode())
            if source is not None and not problems:
                passed += 1
                assert untidy(text) == [], text
    assert passed > 500
