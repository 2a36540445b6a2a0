"""The operators of expressions. Text is never multiplied nor formatted: `*` and `%` are for numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from jinja2 import TemplateError

from generator.syntax.template.expressions.budget import Budget, insist
from generator.syntax.template.expressions.scalars import Number, bounded, kind, number, small, string

_FAR = 1_000_000


def _add(budget: Budget, left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        budget.text(len(left) + len(right))
        return left + right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        budget.spend(len(left) + len(right))
        return [*left, *right]
    if isinstance(left, int | float) and isinstance(right, int | float):
        return bounded(left + right)
    raise TemplateError(f"`+` takes two numbers, two strings or two lists, not {kind(left)} and {kind(right)}")


def _of_numbers(sign: str, function: Callable[[Number, Number], Number]) -> Callable[[Budget, Any, Any], Number]:
    def apply(_budget: Budget, left: Any, right: Any) -> Number:
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise TemplateError(f"`{sign}` takes only numbers")
        return bounded(function(bounded(left), bounded(right)))

    return apply


def _power(_budget: Budget, _left: Any, _right: Any) -> NoReturn:
    raise TemplateError("`**` is not available here")


BINARY: dict[str, Callable[[Budget, Any, Any], Any]] = {
    "+": _add,
    "-": _of_numbers("-", lambda left, right: left - right),
    "*": _of_numbers("*", lambda left, right: left * right),
    "/": _of_numbers("/", lambda left, right: left / right),
    "//": _of_numbers("//", lambda left, right: left // right),
    "%": _of_numbers("%", lambda left, right: left % right),
    "**": _power,
}


def signed(sign: int, value: Any) -> Number:
    """Return a number, or its negative."""
    return sign * number(value)


def concatenated(budget: Budget, parts: list[Any]) -> str:
    """Return what `~` gives: texts and numbers one after the other."""
    texts = [string(part) for part in parts]
    budget.text(sum(map(len, texts)))
    return "".join(texts)


def sliced(budget: Budget, value: Any, start: Any, stop: Any, step: Any) -> Any:
    """Return a part of a list or a text."""
    if not isinstance(insist(value), list | tuple | str):
        raise TemplateError(f"{kind(value)} cannot be sliced with `[:]`")
    bounds = [bound if bound is None else small(bound, -_FAR, _FAR, "a bound of `[:]`") for bound in (start, stop, step)]
    part = value[slice(*bounds)]
    if isinstance(part, str):
        budget.text(len(part))
    else:
        budget.spend(len(part))
    return part


def key(value: Any) -> Any:
    """Return what may be a key of a map: a scalar, or `omit`, which leaves the entry out."""
    if isinstance(insist(value), dict | list | tuple):
        raise TemplateError(f"{kind(value)} cannot be the key of a mapping")
    return value


def uncallable(value: Any, name: str) -> NoReturn:
    """Raise the error for a call of something that is not a string method."""
    insist(value)
    raise TemplateError(f"`{name}` cannot be called")
