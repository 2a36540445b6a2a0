"""The key or value that a place of a file is in."""

from __future__ import annotations

from typing import NamedTuple

from generator.diagnostics import Pointer, Span
from generator.editor.cursor import cursor_at, key_at
from generator.syntax.reader import Source


class Spot(NamedTuple):
    """A key or a single value, by the pointer of its value."""

    pointer: Pointer
    span: Span
    at_key: bool


def spot_at(text: str, source: Source | None, line: int, column: int) -> Spot | None:
    """Return the key or value at a place, or None between them. `source`: None while the text cannot be read."""
    if source is not None:
        return _in_source(source, line, column)
    key = key_at(text, line, column)
    if key is not None:
        return Spot(key.pointer, Span(line, key.column, line, key.end), at_key=True)
    cursor = cursor_at(text, line, column)
    if cursor is None or cursor.end <= cursor.start or cursor.wanted.value == "key":
        return None
    return Spot(cursor.pointer, Span(line, cursor.start, line, cursor.end), at_key=False)


def _in_source(source: Source, line: int, column: int) -> Spot | None:
    found: Spot | None = None
    for pointer, place in source.places.items():
        if not pointer:
            continue
        if isinstance(pointer[-1], str) and _holds(place.key, line, column):
            return Spot(pointer, place.key, at_key=True)
        if _holds(place.value, line, column) and (found is None or len(pointer) > len(found.pointer)):
            found = Spot(pointer, place.value, at_key=False)
    return found


def _holds(span: Span, line: int, column: int) -> bool:
    return (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column)
