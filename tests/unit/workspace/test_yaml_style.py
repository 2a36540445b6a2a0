"""The quick yes that spares most specs the question to yamllint."""

from __future__ import annotations

import pytest

from generator.workspace.yaml_style import is_tidy
from support.styles import SPECS, untidy


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
