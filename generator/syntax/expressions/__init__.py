"""Conditions of metrics in expr-lang: whether they parse, know their names, and can be true or false.

What an expression is can be a list, a number and so on, or unknown. Only what is surely wrong is refused: the
controller compiles a condition for the value that it measured, and a measurement that does not compile is an error.
Source: github.com/expr-lang/expr 1.17, parser/parser.go and checker/checker.go; argo-rollouts, utils/evaluate/evaluate.go
"""

from __future__ import annotations

from functools import lru_cache

from generator.syntax.expressions.cursor import END, UndecidedError
from generator.syntax.expressions.kinds import UNKNOWN, Kind
from generator.syntax.expressions.reading import Reader
from generator.syntax.expressions.tokens import BINARY, COMPARING, ExpressionError, tokens

__all__ = ["ExpressionError", "check", "comparison"]

_LONGEST = 10_000


def check(text: str, result: Kind = UNKNOWN) -> None:
    """Raise ExpressionError for a condition that cannot be evaluated to true or false; `result` is what is measured.

    A placeholder outside of quotes can be anything, so only names are certain then.
    """
    if len(text) <= _LONGEST:
        _check(text, result)


@lru_cache(maxsize=128)
def _check(text: str, result: Kind) -> None:
    """Check a condition; those that hold are remembered, as many templates have the same."""
    parts = tokens(text)
    holds = any(one.what == "placeholder" for one in parts)
    reader = Reader(parts, result, is_sure=not holds)
    try:
        found = reader.sequence()
        if reader.token is not END:
            raise reader.unexpected()
    except UndecidedError:
        return
    if not found.may_be("bool"):
        raise ExpressionError(f"it is {found.words}, and a condition is true or false", "compare it, as in `result[0] > 0.95`")


def comparison(text: str) -> tuple[str, str, float] | None:
    """Return what a condition compares, how, and with which number; None for any other condition."""
    try:
        parts = tokens(text)
    except ExpressionError:
        return None
    if len(parts) < _SHORTEST or parts[-2].text not in COMPARING or parts[-1].what != "number":
        return None
    if any(one.text in BINARY or one.what == "placeholder" for one in parts[:-2]):
        return None
    try:
        return "".join(one.text for one in parts[:-2]), parts[-2].text, float(parts[-1].text)
    except ValueError:
        return None


_SHORTEST = 3
