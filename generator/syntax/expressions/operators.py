"""What an operator makes of two values, and which it cannot take."""

from __future__ import annotations

from collections.abc import Callable

from generator.syntax.expressions.kinds import BOOL, NUMBER, NUMBERS, UNKNOWN, Kind, either
from generator.syntax.expressions.tokens import COMPARING, IN_TEXT, ExpressionError, Token
from generator.syntax.patterns import LargePatternError, PatternError, check


def binary(operator: str, left: Kind, right: Kind) -> Kind:
    """Return what an operator makes of two values; raises ExpressionError for values that it cannot take."""
    if not _TAKES[operator](operator, left, right):
        lists = any(one.names <= {"list", "map"} for one in (left, right))
        hint = "take one value of it, as in `result[0]`" if lists else "write values that can be compared"
        raise ExpressionError(f"`{operator}` cannot take {left.words} and {right.words}", hint)
    if operator in _BOOLEAN:
        return BOOL
    if operator == "..":
        return NUMBERS
    if operator == "??":
        return either(left, right)
    return NUMBER if left == right == NUMBER or operator in ("/", "%", "^", "**") else UNKNOWN


def check_pattern(pattern: Token) -> None:
    """Raise ExpressionError for a literal that is not a regular expression."""
    text = pattern.text[1:-1]
    if pattern.what != "string" or pattern.text[0] not in "'\"" or "\\" in text:
        return
    try:
        check(text)
    except LargePatternError:
        return
    except PatternError as error:
        raise ExpressionError(f"`{text}` is not a regular expression: {error}", "correct the pattern") from None


def _logic(_operator: str, left: Kind, right: Kind) -> bool:
    return left.may_be("bool") and right.may_be("bool")


def _equality(_operator: str, left: Kind, right: Kind) -> bool:
    return left.may_be("nil", *right.names) or right.may_be("nil")


def _order(_operator: str, left: Kind, right: Kind) -> bool:
    return any(left.may_be(one) and right.may_be(one) for one in ("number", "string", "time", "duration"))


def _text(_operator: str, left: Kind, right: Kind) -> bool:
    return left.may_be("string") and right.may_be("string")


def _membership(_operator: str, _left: Kind, right: Kind) -> bool:
    return right.may_be("list", "map", "string")


def _arithmetic(operator: str, left: Kind, right: Kind) -> bool:
    fitting = ("number", "time", "duration", *(["string"] if operator == "+" else []))
    return left.may_be(*fitting) and right.may_be(*fitting)


def _numbers(_operator: str, left: Kind, right: Kind) -> bool:
    return left.may_be("number") and right.may_be("number")


_TAKES: dict[str, Callable[[str, Kind, Kind], bool]] = {
    **dict.fromkeys(("or", "||", "and", "&&"), _logic),
    **dict.fromkeys(("==", "!="), _equality),
    **dict.fromkeys(COMPARING, _order),
    **dict.fromkeys(IN_TEXT, _text),
    **dict.fromkeys(("+", "-", "*", "/"), _arithmetic),
    **dict.fromkeys(("%", "**", "^", ".."), _numbers),
    "in": _membership,
    "??": lambda *_: True,
}
_BOOLEAN = frozenset(["or", "||", "and", "&&", "==", "!=", "in", *COMPARING, *IN_TEXT])
