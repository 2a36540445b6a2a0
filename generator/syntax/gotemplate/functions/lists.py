"""Sprig's functions over lists."""

from __future__ import annotations

from typing import Any

from generator.syntax.budget import ITEM, Budget
from generator.syntax.gotemplate.functions.function import Table
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError
from generator.syntax.gotemplate.values import a_type, is_true

_MOST = 10_000


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ExecutionError(f"a list is needed, and the value is {a_type(value)}")
    return value


def _within(value: Any) -> list[Any]:
    return [] if value is None else _list(value)


def _concat(*values: Any) -> list[Any]:
    return [item for value in values for item in _list(value)]


def _unique(value: Any) -> list[Any]:
    found: dict[Any, Any] = {}
    for item in _list(value):
        found.setdefault(_key(item), item)
    return list(found.values())


def _key(value: Any) -> Any:
    """Return what two values have in common that are the same to Go, types included."""
    if isinstance(value, dict):
        return type(value), frozenset((key, _key(item)) for key, item in value.items())
    if isinstance(value, list):
        return type(value), tuple(map(_key, value))
    return type(value), value


def _without(value: Any, *omitted: Any) -> list[Any]:
    known = frozenset(map(_key, omitted))
    return [item for item in _list(value) if _key(item) not in known]


def _has(item: Any, value: Any) -> bool:
    wanted = _key(item)
    return any(_key(one) == wanted for one in _within(value))


def _chunks(size: int, value: Any) -> list[Any]:
    items = _list(value)
    if size < 1:
        raise UnevaluatedError("its chunks are empty")
    return [items[start : start + size] for start in range(0, len(items), size)]


def _slice(value: Any, *bounds: Any) -> Any:
    items = _list(value)
    if not items:
        return None
    if len(bounds) > 2 or not all(isinstance(bound, int) for bound in bounds):
        raise UnevaluatedError("its slice is not evaluated")
    start, end = (*bounds, *(0, len(items))[len(bounds) :])[:2]
    if not 0 <= start <= end <= len(items):
        raise ExecutionError(f"the slice from {start} to {end} is out of range: the list has {len(items)} items")
    return items[start:end]


def _numbers(budget: Budget, start: int, stop: int, step: int) -> list[int]:
    if step == 0 or (stop > start) is not (step > 0):
        return []
    found = range(start, stop, step)
    if len(found) > _MOST:
        raise UnevaluatedError("it makes a very long list")
    budget.spend(len(found) * ITEM)
    return list(found)


def _sequence(budget: Budget, *given: int) -> str:
    if not given:
        return ""
    start, step, stop = {1: (1, 1, given[0]), 2: (given[0], 1, given[-1]), 3: given}.get(len(given), (0, 0, 0))
    if len(given) < 3 and stop < start:
        step = -1
    found = _numbers(budget, start, stop + (1 if step > 0 else -1), step)
    return " ".join(map(str, found))


def _first(value: Any) -> Any:
    return _list(value)[0] if _list(value) else None


def _last(value: Any) -> Any:
    return _list(value)[-1] if _list(value) else None


def _pushed(value: Any, item: Any) -> list[Any]:
    return [*_list(value), item]


def _both(name: str, takes: str, call: Any) -> Table:
    """Return a function, and the one that fails where the first panics: both stop the template."""
    return {name: (takes, call), f"must{name[0].upper()}{name[1:]}": (takes, call)}


TABLE: Table = {
    "list": ("a*", lambda *values: list(values)),
    "tuple": ("a*", lambda *values: list(values)),
    "concat": ("a*", _concat),
    "until": ("$i", lambda budget, count: _numbers(budget, 0, count, 1 if count > 0 else -1)),
    "untilStep": ("$iii", _numbers),
    "seq": ("$i*", _sequence),
    **_both("first", "a", _first),
    **_both("last", "a", _last),
    **_both("rest", "a", lambda value: _list(value)[1:]),
    **_both("initial", "a", lambda value: _list(value)[:-1]),
    **_both("append", "aa", _pushed),
    **_both("push", "aa", _pushed),
    **_both("prepend", "aa", lambda value, item: [item, *_list(value)]),
    **_both("reverse", "a", lambda value: _list(value)[::-1]),
    **_both("uniq", "a", _unique),
    **_both("compact", "a", lambda value: [item for item in _list(value) if is_true(item)]),
    **_both("without", "aa*", _without),
    **_both("has", "aa", _has),
    **_both("chunk", "ia", _chunks),
    **_both("slice", "aa*", _slice),
}
