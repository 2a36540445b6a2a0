"""Access to data: keys of mappings and items of lists, and never attributes of Python objects."""

from __future__ import annotations

from typing import Any

from jinja2 import StrictUndefined, TemplateError

from generator.syntax.template.expressions.budget import Budget, insist


def missing(hint: str) -> StrictUndefined:
    """Return what is undefined, for a reason."""
    return StrictUndefined(hint=hint)


def entry(value: Any, key: Any) -> Any:
    """Return what `value.key` and `value[key]` mean: an entry of a map, an item of a list, a letter of a text."""
    if isinstance(insist(value), dict):
        found = value.get(key, _NOTHING) if isinstance(key, str | int | float | bool) or key is None else _NOTHING
        return StrictUndefined(obj=value, name=key) if found is _NOTHING else found
    if isinstance(value, list | tuple | str) and isinstance(insist(key), int) and -len(value) <= key < len(value):
        return value[key]
    return StrictUndefined(obj=value, name=key)


_NOTHING = object()


def attribute_of(budget: Budget, item: Any, path: Any) -> Any:
    """Return what is in an item at a dotted path, in which numbers count items of lists."""
    if isinstance(path, bool) or not isinstance(insist(path), str | int):
        raise TemplateError("an attribute must be a string or an integer")
    parts = path.split(".") if isinstance(path, str) else [path]
    budget.spend(len(parts))
    for part in parts:
        item = entry(item, int(part) if isinstance(part, str) and part.isdigit() and len(part) < 10 else part)
    return item
