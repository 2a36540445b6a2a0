"""Filters for lists and mappings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import TemplateError, Undefined

from generator.syntax.template.expressions.access import attribute_of, missing
from generator.syntax.template.expressions.budget import Budget
from generator.syntax.template.expressions.scalars import Number, bounded, kind, number


def sequence(budget: Budget, value: Any) -> list[Any]:
    """Return the items of a list, the keys of a map, or the letters of a text, as a new list."""
    if not isinstance(value, list | tuple | dict | str):
        raise TemplateError(f"{kind(value)} where a list is needed")
    budget.spend(1 + len(value))
    return list(value)


def length(_budget: Budget, value: Any) -> int:
    """Return how long a text, a list or a map is."""
    if not isinstance(value, list | tuple | dict | str):
        raise TemplateError(f"{kind(value)} has no length")
    return len(value)


def first(budget: Budget, value: Any) -> Any:
    """Return the first item; undefined if absent."""
    items = sequence(budget, value)
    return items[0] if items else missing("`first` needs an item, but the list is empty")


def last(budget: Budget, value: Any) -> Any:
    """Return the last item; undefined if absent."""
    items = sequence(budget, value)
    return items[-1] if items else missing("`last` needs an item, but the list is empty")


def reverse(budget: Budget, value: Any) -> Any:
    """Return a list, or a text, from its end to its start."""
    items = sequence(budget, value)[::-1]
    return "".join(items) if isinstance(value, str) else items


def items(budget: Budget, value: Any) -> list[tuple[Any, Any]]:
    """Return the pairs of key and value of a map."""
    pairs = _map(value).items()
    budget.spend(1 + 2 * len(pairs))
    return list(pairs)


def combine(budget: Budget, below: Any, above: Any) -> dict[Any, Any]:
    """Return two maps as one; where both have a key, the second's value."""
    budget.spend(1 + len(_map(below)) + len(_map(above)))
    return {**below, **above}


def sort(budget: Budget, value: Any, reverse: Any = False, case_sensitive: Any = False, attribute: Any = None) -> list[Any]:
    """Return a list in order."""
    return _sorted(budget, sequence(budget, value), _key(attribute, case_sensitive), reverse)


def dictsort(
    budget: Budget, value: Any, case_sensitive: Any = False, by: Any = "key", reverse: Any = False
) -> list[tuple[Any, Any]]:
    """Return the pairs of a map, in the order of their keys or of their values."""
    if by not in ("key", "value"):
        raise TemplateError("a mapping can be sorted by `key` or `value`")
    key = _key(None, case_sensitive)
    return _sorted(budget, items(budget, value), lambda budget, pair: key(budget, pair[by == "value"]), reverse)


def unique(budget: Budget, value: Any, case_sensitive: Any = False, attribute: Any = None) -> list[Any]:
    """Return a list in which each text or number comes once, where it comes first."""
    key = _key(attribute, case_sensitive)
    found: dict[str | int | float, Any] = {}
    for item in sequence(budget, value):
        word = key(budget, item)
        if not isinstance(word, str | int | float):
            raise TemplateError("`unique` takes only strings and numbers")
        found.setdefault(word, item)
    return list(found.values())


def least(budget: Budget, value: Any, case_sensitive: Any = False, attribute: Any = None) -> Any:
    """Return the smallest item; undefined if absent."""
    found = sort(budget, value, False, case_sensitive, attribute)
    return found[0] if found else missing("`min` needs an item, but the list is empty")


def greatest(budget: Budget, value: Any, case_sensitive: Any = False, attribute: Any = None) -> Any:
    """Return the largest item; undefined if absent."""
    found = sort(budget, value, True, case_sensitive, attribute)
    return found[0] if found else missing("`max` needs an item, but the list is empty")


def total(budget: Budget, value: Any, attribute: Any = None, start: Any = 0) -> Number:
    """Return the sum of numbers."""
    result = number(start)
    for item in sequence(budget, value):
        result = bounded(result + number(item if attribute is None else attribute_of(budget, item, attribute)))
    return result


def _map(value: Any) -> dict[Any, Any]:
    if isinstance(value, dict):
        return value
    raise TemplateError(f"{kind(value)} where a mapping is needed")


Key = Callable[[Budget, Any], Any]


def _key(attribute: Any, case_sensitive: Any) -> Key:
    """Return what gives the value that an item is compared by."""

    def key(budget: Budget, item: Any) -> Any:
        found = item if attribute is None else attribute_of(budget, item, attribute)
        budget.walk(found)
        return found.lower() if isinstance(found, str) and not case_sensitive else found

    return key


def _sorted(budget: Budget, values: list[Any], key: Key, reverse: Any) -> list[Any]:
    before = budget.left
    keyed = [(key(budget, item), item) for item in values]
    budget.spend((before - budget.left) * len(values).bit_length())  # as often as each is compared
    keyed.sort(key=lambda pair: pair[0], reverse=bool(reverse))
    return [item for _, item in keyed]


def defaulted(_budget: Budget, value: Any, default: Any = "", boolean: Any = False) -> Any:
    """Return a value, or a default where it is undefined, or also where it is empty."""
    return default if isinstance(value, Undefined) or (boolean and not value) else value
