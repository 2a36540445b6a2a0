"""Set, add or remove single values of a spec by exactly their bytes, and prove it afterwards.

A spec belongs to the person who wrote it: comments, quotes, order, line ends and spaces stay as they are,
so that a reviewer sees one changed value and no more. After the splice the text is read again; unless the
data differs in just what was asked, nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from enum import Enum
from typing import Any, Final

from generator.diagnostics import Diagnostic, Pointer, Span, dotted
from generator.syntax.edit import style
from generator.syntax.edit.lines import Lines
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader import Source, try_parse


class Null(Enum):
    """Marks the value null, which takes an inherited value away."""

    NULL = "null"


NULL: Final = Null.NULL


class Edit(NamedTuple):
    """One value to be set; None removes the key."""

    pointer: Pointer
    value: str | Null | None

    @property
    def data(self) -> str | None:
        """What is read from the text afterwards."""
        return None if self.value is NULL else self.value


class RefusedEditError(Exception):
    """A value that cannot be changed without touching more than itself; nothing was changed."""

    def __init__(self, span: Span, message: str, hint: str) -> None:
        super().__init__(message)
        self.span = span
        self.message = message
        self.hint = hint


class _Piece(NamedTuple):
    """A stretch of the text and what takes its place; an empty stretch is an insertion."""

    start: int
    end: int
    text: str


Read = Callable[[str, bytes], tuple[Source | None, list[Diagnostic]]]


def splice(raw: bytes, source: Source, edits: Sequence[Edit], read: Read = try_parse) -> bytes:
    """Return the bytes of a spec with some values changed; raises RefusedEditError.

    `source` is what was read from `raw`; `read` reads the changed text. Values that are as wanted already
    change nothing.
    """
    for edit in edits:
        if lookup(source.data, edit.pointer) == (edit.value is not None, edit.data):
            continue
        raw, source = _proved(raw, source, edit, read)
    return raw


def _proved(raw: bytes, source: Source, edit: Edit, read: Read) -> tuple[bytes, Source]:
    """Return the bytes after one edit, and what is read from them."""
    lines = Lines(source.text)
    if edit.value is None:
        piece = _removal(source, lines, edit.pointer)
    elif edit.pointer in source.places:
        piece = _replacement(source, lines, edit.pointer, edit.value)
    else:
        piece = _insertion(source, lines, edit.pointer, edit.value)
    text = source.text[: piece.start] + piece.text + source.text[piece.end :]
    mark = raw[: len(raw) - len(source.text.encode("utf-8"))]
    changed = mark + text.encode("utf-8")
    found, problems = read(source.path, changed)
    if found is None or problems or found.data != _expected(source.data, edit):
        raise _refused(source, edit.pointer, "this change would touch more than one value", "change it by hand")
    return changed, found


def _expected(data: Any, edit: Edit) -> Any:
    """Return the data as it must be afterwards."""
    whole = deepcopy(data)
    node = whole
    for part in edit.pointer[:-1]:
        if isinstance(node, dict) and node.get(part) is None:
            node[part] = {}
        node = node[part]
    if edit.value is None:
        del node[edit.pointer[-1]]
    else:
        node[edit.pointer[-1]] = edit.data
    return whole


def _refused(source: Source, pointer: Pointer, message: str, hint: str) -> RefusedEditError:
    return RefusedEditError(source.span_of(pointer), f"`{dotted(pointer)}`: {message}", hint)


def _scalar(old: str, value: str | Null) -> str:
    return NULL.value if value is NULL else style.like(old, value)


def _replacement(source: Source, lines: Lines, pointer: Pointer, value: str | Null) -> _Piece:
    span = source.places[pointer].value
    old = lookup(source.data, pointer)[1]
    if isinstance(old, dict | list):
        raise _refused(source, pointer, "there is more than one value here", "replace it by hand")
    if span.line != span.end_line:
        raise _refused(source, pointer, "the value spans several lines", "write it on one line")
    start, end = lines.offset(span.line, span.column), lines.offset(span.end_line, span.end_column)
    old_text = source.text[start:end]
    if old_text[:1] in ("|", ">"):
        raise _refused(source, pointer, "the value is a block string", "write it on one line")
    new = _scalar(old_text, value)
    return _Piece(start, end, new if old_text else f" {new}")


def _insertion(source: Source, lines: Lines, pointer: Pointer, value: str | Null) -> _Piece:
    """Return the piece that adds a value, with the maps on the way to it that are not there yet."""
    depth = len(pointer) - 1
    while depth and pointer[:depth] not in source.places:
        depth -= 1
    parent, missing = pointer[:depth], pointer[depth:]
    node = lookup(source.data, parent)[1]
    if node is not None and not isinstance(node, dict):
        raise _refused(source, parent, "there is a single value where a mapping is needed", "fix it by hand")
    scalar = _scalar(_neighbour(source, lines, pointer), value)
    place = source.places[parent].value
    start = lines.offset(place.line, place.column)
    if node is None:
        end = lines.offset(place.end_line, place.end_column)
        return _Piece(start, end, ("" if end > start else " ") + "{" + style.flow(missing, scalar) + "}")
    if source.text[start : start + 1] == "{":
        return _into_flow(source, lines, parent, missing, scalar)
    return _into_block(source, lines, parent, missing, scalar)


def _neighbour(source: Source, lines: Lines, pointer: Pointer) -> str:
    """Return how the same value of another environment is written; empty if none says it."""
    for other in source.places:
        if len(other) == len(pointer) and other != pointer and other[3:] == pointer[3:] and other[:2] == pointer[:2]:
            span = source.places[other].value
            return source.text[lines.offset(span.line, span.column) : lines.offset(span.end_line, span.end_column)]
    return ""


def _into_flow(source: Source, lines: Lines, parent: Pointer, missing: Pointer, scalar: str) -> _Piece:
    new = style.flow(missing, scalar)
    last = _last_single(source, parent)
    if last is not None:
        at = lines.offset(last.end_line, last.end_column)
        return _Piece(at, at, f", {new}")
    place = source.places[parent].value
    at = lines.offset(place.line, place.column) + 1
    following = source.text[at : at + 1]
    empty = source.text[at:].lstrip()[:1] == "}"
    return _Piece(at, at, new if empty else f"{new}," if following.isspace() else f"{new}, ")


def _into_block(source: Source, lines: Lines, parent: Pointer, missing: Pointer, scalar: str) -> _Piece:
    """Add lines below the last single value of a map, or right below the key of the map."""
    children = [
        place.key for pointer, place in source.places.items() if len(pointer) == len(parent) + 1 and pointer[:-1] == parent
    ]
    column = min(key.column for key in children)
    last = _last_single(source, parent)
    line = last.end_line if last is not None else source.places[parent].key.line
    nested = style.nested(missing, scalar, column - 1, flow=_prefers_flow(source, lines, parent, missing))
    at = lines.end(line)
    return _Piece(at, at, "".join(lines.eol + part for part in nested))


def _last_single(source: Source, parent: Pointer) -> Span | None:
    """Return where the last value of a map stands that is on one line, and no map or list."""
    found: Span | None = None
    for pointer, place in source.places.items():
        if len(pointer) == len(parent) + 1 and pointer[:-1] == parent:
            single = not isinstance(lookup(source.data, pointer)[1], dict | list) and place.value.line == place.value.end_line
            if single and place.value.column < place.value.end_column and (found is None or place.value > found):
                found = place.value
    return found


def _prefers_flow(source: Source, lines: Lines, parent: Pointer, missing: Pointer) -> bool:
    """Tell whether other environments write the first missing map in braces; so it is, by default otherwise."""
    if len(missing) == 1:
        return False
    for pointer, place in source.places.items():
        if len(pointer) == len(parent) + 1 and pointer[:2] == parent[:2] and pointer[3:] == missing[:1]:
            return source.text[lines.offset(place.value.line, place.value.column)] == "{"
    return True


def _removal(source: Source, lines: Lines, pointer: Pointer) -> _Piece:
    place, text = source.places[pointer], source.text
    if place.value.line != place.value.end_line or isinstance(lookup(source.data, pointer)[1], dict | list):
        raise _refused(source, pointer, "there is more than one value here", "remove it by hand")
    start, end = lines.offset(place.key.line, place.key.column), lines.offset(place.value.end_line, place.value.end_column)
    parent = source.places[pointer[:-1]].value
    if text[lines.offset(parent.line, parent.column) : lines.offset(parent.line, parent.column) + 1] == "{":
        return _removal_from_flow(text, start, end)
    if "#" in text[end : lines.end(place.key.line)]:
        raise _refused(source, pointer, "the comment next to it would be lost", "remove it by hand")
    first, after = lines.offset(place.key.line, 1), lines.next(place.key.line)
    if text[first:start].strip():
        raise _refused(source, pointer, "it shares its line with something else", "remove it by hand")
    return _Piece(first, after, "")


def _removal_from_flow(text: str, start: int, end: int) -> _Piece:
    after = end + len(text[end:]) - len(text[end:].lstrip(" "))
    if text[after : after + 1] == ",":
        rest = text[after + 1 :]
        return _Piece(start, after + 1 + len(rest) - len(rest.lstrip(" ")), "")
    before = text[:start].rstrip()
    return _Piece(len(before) - 1 if before.endswith(",") else start, end, "")
