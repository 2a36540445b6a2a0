"""The place of one node: the text is parsed up to it, and nothing is built of what comes before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from generator.diagnostics import Pointer
from generator.syntax.reader.parser import Parser, span_of
from generator.syntax.reader.source import Place

_STARTS = frozenset([yaml.MappingStartEvent, yaml.SequenceStartEvent])
_ENDS = frozenset([yaml.MappingEndEvent, yaml.SequenceEndEvent])


def locate(text: str, pointer: Pointer) -> tuple[Place, bool]:
    """Return the place of a node, or of the nearest above it that exists, and whether it is that of the node itself.

    The text is one document that was read without problems: its keys are single values, and none is there twice.
    """
    take: Callable[[], Any] = Parser(text.encode("utf-8")).get_event
    for _ in range(3):  # the start of the stream, that of the document, and the document itself
        event = take()
    place = Place(span_of(event), span_of(event))
    for part in pointer:
        found = _in_mapping(take, part) if type(event) is yaml.MappingStartEvent else _in_list(take, event, part)
        if found is None:
            return place, False
        place, event = found
    return place, True


def _in_mapping(take: Callable[[], Any], part: str | int) -> tuple[Place, Any] | None:
    """Return the place of what is at a key of the mapping that has begun, and the event that it begins with."""
    while type(key := take()) is not yaml.MappingEndEvent:
        value = take()
        if key.value == part:
            return Place(span_of(key), span_of(value)), value
        _skip(take, value)
    return None


def _in_list(take: Callable[[], Any], start: Any, part: str | int) -> tuple[Place, Any] | None:
    """Return the place of an item of the list that has begun, if it is one, and the event that the item begins with."""
    if type(start) is not yaml.SequenceStartEvent or not isinstance(part, int):
        return None
    index = 0
    while type(item := take()) is not yaml.SequenceEndEvent:
        if index == part:
            return Place(span_of(item), span_of(item)), item
        _skip(take, item)
        index += 1
    return None


def _skip(take: Callable[[], Any], event: Any) -> None:
    """Take the events of the node that has begun with one."""
    depth = int(type(event) in _STARTS)
    while depth:
        kind = type(take())
        if kind in _STARTS:
            depth += 1
        elif kind in _ENDS:
            depth -= 1
