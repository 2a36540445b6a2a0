"""Conditions over objects mean what they mean to Kubernetes, and are refused where they mean nothing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from generator.syntax.budget import Budget
from generator.syntax.cel.evaluating import evaluate
from generator.syntax.cel.functions import FUNCTIONS
from generator.syntax.cel.lexing import CelError
from generator.syntax.cel.parsing import parse

CASES = yaml.safe_load(Path(__file__).with_name("cel.yaml").read_text(encoding="utf-8"))


def value_of(text):
    return evaluate(parse(text), {"object": CASES["object"]}, Budget(2_000_000))


@pytest.mark.parametrize("text", CASES["values"])
def test_an_expression_has_the_value_that_it_has_in_a_cluster(text):
    value, expected = value_of(text), CASES["values"][text]
    assert (type(value), value) == (type(expected), expected)


@pytest.mark.parametrize("text", CASES["fails"])
def test_an_expression_without_a_value_says_why(text):
    with pytest.raises(CelError) as failed:
        value_of(text)
    assert failed.value.message == CASES["fails"][text]


@pytest.mark.parametrize("text", CASES["invalid"])
def test_what_is_no_expression_is_refused_with_the_place(text):
    with pytest.raises(CelError) as refused:
        parse(text)
    assert refused.value.message == CASES["invalid"][text]
    assert 0 <= refused.value.offset <= len(text)


def test_every_function_is_shown_by_a_case():
    texts = " ".join(map(str, (*CASES["values"], *CASES["fails"])))
    unused = {name for name, _ in FUNCTIONS if f"{name}(" not in texts}
    assert unused <= {"dyn", "double", "contains", "endsWith", "lowerAscii", "trim", "indexOf", "isLessThan", "isGreaterThan"}


WORDS = [
    "object",
    "spec",
    ".",
    "(",
    ")",
    "[",
    "]",
    "'a'",
    "1",
    "1.5",
    "+",
    "-",
    "&&",
    "||",
    "!",
    "?",
    ":",
    "all",
    "c",
    ",",
    "has",
    "in",
    "{",
    "}",
    "==",
]


@given(some.lists(some.sampled_from(WORDS), max_size=30).map(" ".join) | some.text(max_size=60))
def test_any_text_is_an_expression_or_an_error(text):
    with suppress(CelError):
        value_of(text)
