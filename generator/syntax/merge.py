"""Two layers into one: maps merge by key, everything else is replaced, `null` removes.

Nothing is copied that need not be: what a layer does not touch stays the same object, so that
environments which share a value also share its text when they are written.
"""

from __future__ import annotations

from typing import Any

from generator.diagnostics import Pointer

Mapping = dict[str, Any]


class Clash(Exception):  # noqa: N818 - it is collected, as data
    """A mapping would be merged with something else; `pointer` says where, `below` and `above` what met."""

    def __init__(self, pointer: Pointer, below: Any, above: Any) -> None:
        super().__init__(pointer)
        self.pointer = pointer
        self.below = below
        self.above = above


def merge(below: Mapping, above: Mapping, clashes: list[Clash], at: Pointer = (), *, nulls: bool = True) -> Mapping:
    """Return `below` overridden by `above`; where a mapping meets another type, a clash is recorded and `below` kept.

    `nulls` is False for a layer that is known to hold none, whose maps can then be taken as they are.
    """
    result: Mapping | None = None
    for key, value in above.items():
        if value is None:
            if key in below:
                result = dict(below) if result is None else result
                del result[key]
            continue
        merged = _merged(below, key, value, clashes, at, nulls=nulls)
        if key not in below or merged is not below[key]:
            result = dict(below) if result is None else result
            result[key] = merged
    return below if result is None else result


def _merged(below: Mapping, key: str, value: Any, clashes: list[Clash], at: Pointer, *, nulls: bool) -> Any:
    if key not in below:
        return without_nulls(value) if nulls else value
    old = below[key]
    if isinstance(value, dict) and isinstance(old, dict):
        return merge(old, value, clashes, (*at, key), nulls=nulls)
    if isinstance(value, dict) is not isinstance(old, dict) or isinstance(value, list) is not isinstance(old, list):
        clashes.append(Clash((*at, key), old, value))
        return old
    return value


def without_nulls(node: Any) -> Any:
    """Return a node without the keys that are null, at any depth of maps; lists are left alone."""
    if not isinstance(node, dict):
        return node
    values = {key: without_nulls(value) for key, value in node.items() if value is not None}
    if len(values) == len(node) and all(values[key] is node[key] for key in values):
        return node
    return values


def null_free(node: Any) -> Any:
    """Return a node without nulls, at any depth of maps and of lists."""
    if isinstance(node, dict):
        return {key: null_free(value) for key, value in node.items() if value is not None}
    return [null_free(value) for value in node if value is not None] if isinstance(node, list) else node


def lookup(node: Any, pointer: Pointer) -> tuple[bool, Any]:
    """Return whether the pointer leads anywhere, and to what."""
    for part in pointer:
        if isinstance(node, dict) and part in node:
            node = node[part]
        elif isinstance(node, list) and isinstance(part, int) and 0 <= part < len(node):
            items: list[Any] = node
            node = items[part]
        else:
            return False, None
    return True, node


def null_in_list(node: Any, *, in_list: bool = False) -> Pointer | None:
    """Return the pointer of the first null inside a list, where it can remove nothing."""
    if isinstance(node, dict):
        items: Any = node.items()
    elif isinstance(node, list):
        items = enumerate(node)
        in_list = True
    else:
        return None
    for key, value in items:
        if value is None:
            if in_list:
                return (key,)
        elif type(value) is dict or type(value) is list:
            below = null_in_list(value, in_list=in_list)
            if below is not None:
                return (key, *below)
    return None
