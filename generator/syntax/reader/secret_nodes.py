"""The nodes of a YAML document, as far as it can be read, and the secrets among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from generator.syntax.reader.parser import Parser
from generator.syntax.secrets import masking, roles
from generator.syntax.secrets.looks import MASK, Found, Places
from generator.syntax.secrets.roles import Role

_MAX_DEPTH = 100
_CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+)?\Z")
_NOTHING = frozenset(("", "~", "null", "true", "false", "Null", "NULL", "True", "TRUE", "False", "FALSE"))
_ODD = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that libyaml rejects, or that only libyaml reads as the end of a line."""


class Scalar(NamedTuple):
    """A single value, with where it begins and ends: line and column, counted from 0."""

    text: str
    style: str
    start: tuple[int, int]
    end: tuple[int, int]


class _List(NamedTuple):
    items: list[Any]


class _Map(NamedTuple):
    entries: list[tuple[Any, Any]]


class Cuts:
    """Collects what is to be hidden."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.at: dict[int, set[tuple[int, int]]] = {}
        self.words: list[tuple[tuple[int, int], str]] = []

    def add(self, line: int, start: int, end: int) -> None:
        """Hide a stretch of a line."""
        if line < len(self.lines) and start < end:
            self.at.setdefault(line, set()).add((start, end))

    def whole(self, scalar: Scalar) -> None:
        """Hide a value on all its lines; the first line of a block only introduces it."""
        (first, column), (last, end) = scalar.start, scalar.end
        for number in range(first, min(last, len(self.lines) - 1) + 1):
            line = self.lines[number]
            start = column if number == first else len(line) - len(line.lstrip())
            if not (number == first and scalar.style in ("|", ">")):
                self.add(number, start, end if number == last else len(line.rstrip()))

    def some(self, scalar: Scalar, pieces: Iterable[str]) -> None:
        """Hide pieces of a value; all of it, where one of them is written in another way."""
        parts = [part.strip() for piece in pieces for part in piece.split("\n") if part.strip()]
        rows = range(scalar.start[0], min(scalar.end[0], len(self.lines) - 1) + 1)
        for part in parts:
            hits = [(row, match.span()) for row in rows for match in re.finditer(re.escape(part), self.lines[row])]
            if not hits:
                self.whole(scalar)
                return
            for row, span in hits:
                self.add(row, *span)

    def found(self) -> Found:
        """Return all that is to be hidden."""
        return Found({line: _merged(places) for line, places in self.at.items()}, self.words)


def _merged(places: Iterable[tuple[int, int]]) -> Places:
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def composed(text: str) -> tuple[list[Any], bool]:
    """Return the nodes of a document, as far as they can be read, and whether all of the text can."""
    stack: list[list[Any]] = [[]]
    kinds: list[Any] = []
    readable = True
    try:
        for event in _events(text):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                start, end = event.start_mark, event.end_mark
                stack[-1].append(Scalar(event.value, event.style or "", (start.line, start.column), (end.line, end.column)))
            elif kind is yaml.AliasEvent:
                stack[-1].append(None)
            elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
                stack.append([])
                kinds.append(kind)
                if len(kinds) > _MAX_DEPTH:
                    readable = False
                    break
            elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                _close(stack, kinds)
    except yaml.YAMLError:
        readable = False
    while kinds:
        _close(stack, kinds)
    return stack[0], readable


def _events(text: str) -> Iterator[Any]:
    parser = Parser(_ODD.sub(" ", text).encode("utf-8", "replace"))
    while type(event := parser.get_event()) is not yaml.StreamEndEvent:
        yield event


def _close(stack: list[list[Any]], kinds: list[Any]) -> None:
    """Make a map or list of the nodes that have come since it began."""
    nodes = stack.pop()
    if kinds.pop() is yaml.MappingStartEvent:
        nodes += [None] * (len(nodes) % 2)
        stack[-1].append(_Map(list(zip(nodes[::2], nodes[1::2], strict=True))))
    else:
        stack[-1].append(_List(nodes))


def look(node: Any, role: Role, cuts: Cuts, scalars: list[Scalar]) -> None:
    """Hide the secrets in a node; `scalars` collects those visited, for checks of the rest."""
    if isinstance(node, Scalar):
        scalars.append(node)
        _hide(node, role, cuts)
    elif isinstance(node, _List):
        before: Any = None
        for item in node.items:
            look(item, role.after(before), cuts, scalars)
            before = item.text if isinstance(item, Scalar) else None
    elif isinstance(node, _Map):
        around = {key.text: item.text for key, item in node.entries if isinstance(key, Scalar) and isinstance(item, Scalar)}
        for key, item in node.entries:
            name = key.text if isinstance(key, Scalar) else ""
            look(key, roles.NO_ROLE, cuts, scalars)
            look(item, role.at(name, around), cuts, scalars)


def _hide(scalar: Scalar, role: Role, cuts: Cuts) -> None:
    value = _value(scalar)
    said = role.said(value)
    if said == value:
        return
    pieces = masking.pieces(scalar.text, said)
    cuts.words += [((scalar.start[0], scalar.end[0]), piece) for piece in pieces]
    if said == MASK:
        cuts.whole(scalar)
    else:
        cuts.some(scalar, pieces)


def _value(scalar: Scalar) -> Any:
    """Return a scalar for masking: a number only if every reader reads it as one."""
    if scalar.style or not (scalar.text in _NOTHING or _CANONICAL.match(scalar.text)):
        return scalar.text
    return 0 if scalar.text not in _NOTHING else None
