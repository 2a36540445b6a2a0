"""Leaves of values by their paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str, ...]


def leaves(node: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield everything in nested mappings that is not a mapping itself, and empty mappings."""
    if isinstance(node, dict) and (node or not at):
        for key, value in node.items():
            yield from leaves(value, (*at, key))
    else:
        yield at, node


def nodes(node: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value in nested mappings, mappings included."""
    if at:
        yield at, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from nodes(value, (*at, key))


def put(values: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return values with one of them replaced or added."""
    key, *more = path
    below = values.get(key)
    inner = put(below if isinstance(below, dict) else {}, tuple(more), value) if more else value
    return {**values, key: inner}


def drop(values: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return values without one of them, and without mappings that it leaves empty."""
    key, *more = path
    if key not in values:
        return values
    rest = {name: value for name, value in values.items() if name != key}
    if not more or not isinstance(values[key], dict):
        return rest
    inner = drop(values[key], tuple(more))
    return {name: inner if name == key else value for name, value in values.items()} if inner else rest
