"""Compare two trees of data, and yield every place where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

from generator.diagnostics import Named, Pointer
from generator.syntax.alignment import aligned, canonical
from generator.syntax.secrets.looks import Hidden


class Absence(Enum):
    """Marks an absent value; unlike null, it cannot be in a file."""

    ABSENT = "absent"


ABSENT: Final = Absence.ABSENT


Path = tuple[str | int, ...]
"""The way to a value; items of lists are Named where they have names, and else counted in the list that has them."""

_NAMES = ("name", "containerPort", "mountPath", "host", "key", "path", "metricName", "templateName")
"""What tells the items of a list apart, if each has it and no two have the same."""


class Leaf(NamedTuple):
    """One difference: a value that changed, came or went, with all that was below it."""

    path: Path
    old: Any
    new: Any
    order: bool = False
    """Whether only the order of a list differs; `old` and `new` are the names of its items then."""


def differences(old: Any, new: Any, path: Path = ()) -> Iterator[Leaf]:
    """Yield the differences between two values, in the order of the new one, what went last."""
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _in_maps(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _in_lists(old, new, path)
    elif old is ABSENT or new is ABSENT:
        if old is not new:
            yield Leaf(path, old, new)
    elif not is_same(old, new):
        yield Leaf(path, old, new)


def is_same(old: Any, new: Any) -> bool:
    """Tell whether two values are the same data, types included, whatever the order of keys."""
    kind = type(old)
    if kind is not type(new):
        return canonical(old) == canonical(new)
    if kind is dict:
        return len(old) == len(new) and all(key in new and is_same(value, new[key]) for key, value in old.items())
    if kind is list:
        return len(old) == len(new) and all(map(is_same, old, new))
    return bool(old == new) if kind in _PLAIN else canonical(old) == canonical(new)


_PLAIN = frozenset({str, int, bool, type(None)})
"""Types of which two values are the same data if they are equal."""


def pointer_of(data: Any, path: Path) -> Pointer:
    """Return the way to a difference as a pointer into one of the two sides: with the index of each item that has a name."""
    found: list[str | int] = []
    node = data
    for part in path:
        step: str | int = part
        if isinstance(part, Named) and isinstance(node, list):
            step = next((at for at, item in enumerate(node) if _is_called(item, part)), 0)
        found.append(step)
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            node = None
    return tuple(found)


def _is_called(item: Any, name: str) -> bool:
    return isinstance(item, dict) and any(str(item[key]) == name for key in _NAMES if key in item)


def _in_maps(old: Mapping[str, Any], new: Mapping[str, Any], path: Path) -> Iterator[Leaf]:
    for key in [*new, *(key for key in old if key not in new)]:
        yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))


def _in_lists(old: Sequence[Any], new: Sequence[Any], path: Path) -> Iterator[Leaf]:
    name = _name_of([*old], [*new])
    if not name:
        for before, after in aligned(old, new, _similar):
            at = after if after is not None else before
            assert at is not None  # noqa: S101 - one of the two is
            yield from differences(
                ABSENT if before is None else old[before], ABSENT if after is None else new[after], (*path, at)
            )
        return
    olds, news = ({str(item[name]): item for item in items} for items in (old, new))
    for key in [*news, *(key for key in olds if key not in news)]:
        yield from differences(olds.get(key, ABSENT), news.get(key, ABSENT), (*path, Named(key)))
    was, is_ = [key for key in olds if key in news], [key for key in news if key in olds]
    if was != is_:
        yield Leaf(path, was, is_, order=True)


def _name_of(old: list[Any], new: list[Any]) -> str:
    """Return the key that tells the items of both lists apart; empty if none does."""
    both = [*old, *new]
    if not both or not all(isinstance(item, dict) for item in both):
        return ""
    for name in _NAMES:
        if all(_is_name(item.get(name)) for item in both) and all(
            len({str(item[name]) for item in items}) == len(items) for items in (old, new)
        ):
            return name
    return ""


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool | Hidden)


def _similar(old: Any, new: Any) -> bool:
    """Tell whether one item of a list may have become another: maps that share something, or two of one type."""
    if isinstance(old, dict) and isinstance(new, dict):
        return bool(old.keys() & new.keys())
    return type(old) is type(new)
