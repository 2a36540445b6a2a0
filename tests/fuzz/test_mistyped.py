"""What yamllint would complain about is never passed unseen, whatever somebody mistypes."""

from __future__ import annotations

import random

from generator.syntax.reader import try_parse
from generator.workspace.yaml_style import is_tidy
from support.styles import SPECS, untidy

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
