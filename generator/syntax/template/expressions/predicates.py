"""Tests for templates, as used after `is`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import TemplateError, Undefined

from generator.syntax.template.expressions.budget import Budget, insist
from generator.syntax.template.expressions.scalars import number

Test = Callable[..., bool]


def equal(budget: Budget, left: Any, right: Any) -> bool:
    """Tell whether two values are the same; what is in them is paid for."""
    budget.walk(left)
    budget.walk(right)
    return bool(left == right)


def below(budget: Budget, left: Any, right: Any) -> bool:
    """Tell whether a value is less than another."""
    budget.walk(left)
    budget.walk(right)
    return bool(left < right)


def contained(budget: Budget, item: Any, container: Any) -> bool:
    """Tell whether a value is in a list, a key in a map, or a text in a text."""
    budget.walk(item)
    if isinstance(insist(container), dict):
        return isinstance(item, str | int | float) and item in container
    budget.walk(container)
    return item in container


def _whole(value: Any) -> int:
    if isinstance(insist(value), int):
        return int(value)
    raise TemplateError("`divisibleby` takes only integers")


def _divisible(_budget: Budget, value: Any, by: Any) -> bool:
    return number(value) % number(by) == 0


def _is(*types: type) -> Test:
    return lambda _budget, value: isinstance(insist(value), types)


def _number(value: Any) -> bool:
    return isinstance(insist(value), int | float) and not isinstance(value, bool)


_EQUAL: Test = equal
_UNEQUAL: Test = lambda budget, left, right: not equal(budget, left, right)  # noqa: E731
_BELOW: Test = below
_ABOVE: Test = lambda budget, left, right: below(budget, right, left)  # noqa: E731
_AT_MOST: Test = lambda budget, left, right: not below(budget, right, left)  # noqa: E731
_AT_LEAST: Test = lambda budget, left, right: not below(budget, left, right)  # noqa: E731

TESTS: dict[str, Test] = {
    "defined": lambda _budget, value: not isinstance(value, Undefined),
    "undefined": lambda _budget, value: isinstance(value, Undefined),
    "none": lambda _budget, value: insist(value) is None,
    "true": lambda _budget, value: insist(value) is True,
    "false": lambda _budget, value: insist(value) is False,
    "boolean": _is(bool),
    "string": _is(str),
    "mapping": _is(dict),
    "sequence": _is(str, list, tuple, dict),
    "iterable": _is(str, list, tuple, dict),
    "number": lambda _budget, value: _number(value),
    "integer": lambda _budget, value: _number(value) and isinstance(value, int),
    "float": lambda _budget, value: isinstance(insist(value), float),
    "odd": lambda _budget, value: _whole(value) % 2 == 1,
    "even": lambda _budget, value: _whole(value) % 2 == 0,
    "divisibleby": _divisible,
    "in": contained,
    **dict.fromkeys(("eq", "equalto", "=="), _EQUAL),
    **dict.fromkeys(("ne", "!="), _UNEQUAL),
    **dict.fromkeys(("lt", "lessthan", "<"), _BELOW),
    **dict.fromkeys(("gt", "greaterthan", ">"), _ABOVE),
    **dict.fromkeys(("le", "<="), _AT_MOST),
    **dict.fromkeys(("ge", ">="), _AT_LEAST),
}
"""The tests. All but `defined` and `undefined` refuse what is undefined."""


def test_named(name: Any) -> Test:
    """Return a test; raises TemplateError for an unknown name."""
    found = TESTS.get(name) if isinstance(name, str) else None
    if found is None:
        raise TemplateError(f"No test named {name!r}; available: {', '.join(sorted(TESTS))}")
    return found
