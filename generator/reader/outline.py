"""On which line every key and every item of a list stands: less than a place, and much sooner known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import yaml

from generator.reader.parser import Parser

_MAP, _MAP_END = yaml.MappingStartEvent, yaml.MappingEndEvent
_LIST, _LIST_END = yaml.SequenceStartEvent, yaml.SequenceEndEvent


class Outline(NamedTuple):
    """The line of a node's key, counted from 1, and the outlines of what is below it: by key, or in order."""

    line: int
    below: dict[str, Outline] | list[Outline] | None


def outline(text: str) -> Outline:
    """Return the outline of a document that the reader has accepted."""
    following: Callable[[], Any] = Parser(text.removeprefix("\ufeff").encode("utf-8")).get_event
    following()
    following()
    return _node(following, following(), 1)


def _node(following: Callable[[], Any], event: Any, line: int) -> Outline:
    kind = type(event)
    if kind is _MAP:
        keys: dict[str, Outline] = {}
        while type(event := following()) is not _MAP_END:
            keys[event.value] = _node(following, following(), event.start_mark.line + 1)
        return Outline(line, keys)
    if kind is _LIST:
        items: list[Outline] = []
        while type(event := following()) is not _LIST_END:
            items.append(_node(following, event, event.start_mark.line + 1))
        return Outline(line, items)
    return Outline(line, None)


def nearest(root: Outline, pointer: tuple[str | int, ...]) -> int:
    """Return the line of a node, or of the nearest above it that there is."""
    node = root
    for part in pointer:
        below = node.below
        if isinstance(below, dict) and part in below:
            node = below[str(part)]
        elif isinstance(below, list) and isinstance(part, int) and part < len(below):
            node = below[part]
        else:
            break
    return node.line
