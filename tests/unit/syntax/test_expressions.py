"""Conditions in expr-lang are read as the controller reads them, and no text, however odd, stops the reader."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from generator.syntax import expressions
from generator.syntax.expressions.kinds import NUMBERS

PARTS = some.sampled_from(
    (
        *("result", "#", "(", ")", "[", "]", "{", "}", "1", "0x1f", "'a'", '"', "`", "/*", "//", "&&", "|", "??", "?", ":"),
        *("let", "=", ";", "if", "else", "not", "in", "..", ".", "?.", "len", "all", ",", "-", "{{args.a}}", "true", "é", "::"),
        "9" * 99,
    )
)


@given(some.lists(PARTS, max_size=30).map(" ".join) | some.text(max_size=40))
def test_no_condition_however_odd_ends_in_a_traceback(text):
    with suppress(expressions.ExpressionError):
        expressions.check(text, NUMBERS)
    expressions.comparison(text)


@pytest.mark.parametrize(
    "part", ["(", "[", "!", "not ", "if true {", "if true {1} else ", "let a = 1; ", "all(result, ", "true ? "]
)
def test_a_condition_that_is_nested_too_deep_is_left_alone(part):
    expressions.check(part * (9000 // len(part)))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("result => 1", "write `>=`"),
        ("result = 1", "write `==`"),
        ("result == 1 AND true", "write `and`"),
        ("isnan(result)", "did you mean `isNaN`?"),
        ("reslt == 1", "did you mean `result`?"),
        ("result == True", "write `true`"),
        ("(result == 1", "close it with `)`"),
        ("result == 'a", "close the string"),
    ],
)
def test_the_hint_for_a_condition_is_what_to_write(text, hint):
    with pytest.raises(expressions.ExpressionError) as error:
        expressions.check(text)
    assert error.value.hint == hint
