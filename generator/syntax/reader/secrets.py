"""Where in the lines of one document the secrets stand that masking knows, whether it can be read or not."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import yaml

from generator.syntax.reader.parser import Parser
from generator.syntax.secrets import looks, masking
from generator.syntax.secrets.looks import MASK
from generator.syntax.secrets.masking import Role

Places = Sequence[tuple[int, int]]
"""Stretches of a line, from and to columns that count from 0; sorted, and none meets another."""

_MAX_DEPTH = 100
_CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+)?\Z")
_NOTHING = frozenset(("", "~", "null", "true", "false", "Null", "NULL", "True", "TRUE", "False", "FALSE"))
_ODD = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What libyaml refuses, or takes for the end of a line where nobody else does."""
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#")
_KEYED = re.compile(r"""([A-Za-z_][\w.-]*)["']?\s*[:=]\s*(?=\S)("(?:[^"\\]|\\.)*"?|'[^']*'?|[\[{].*|[^\s,}\]][^,}\]#]*)""")
_OPENS = re.compile(r"""^(\s*(?:- +)*)["']?([A-Za-z_][\w.-]*)["']?\s*:\s*(?:[|>][-+0-9]*|[&!]\S+)?\s*(?:#.*)?$""")
_LATER = re.compile(r"[|>][-+0-9]*\s*\Z|[&*]\w+\s*\Z")


class Found(NamedTuple):
    """The secrets of a document; lines count from 0."""

    places: dict[int, Places]
    words: list[tuple[tuple[int, int], str]]
    """Each secret as it is read, with its first and last line."""


class _Scalar(NamedTuple):
    text: str
    style: str
    start: tuple[int, int]
    end: tuple[int, int]


class _List(NamedTuple):
    items: list[Any]


class _Map(NamedTuple):
    entries: list[tuple[Any, Any]]


class _Cuts:
    """Collects what is to be hidden."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.at: dict[int, set[tuple[int, int]]] = {}
        self.words: list[tuple[tuple[int, int], str]] = []

    def add(self, line: int, start: int, end: int) -> None:
        if line < len(self.lines) and start < end:
            self.at.setdefault(line, set()).add((start, end))

    def whole(self, scalar: _Scalar) -> None:
        """Hide a value on all its lines; of a block the first line only says that there is one."""
        (first, column), (last, end) = scalar.start, scalar.end
        for number in range(first, min(last, len(self.lines) - 1) + 1):
            line = self.lines[number]
            start = column if number == first else len(line) - len(line.lstrip())
            if not (number == first and scalar.style in ("|", ">")):
                self.add(number, start, end if number == last else len(line.rstrip()))

    def some(self, scalar: _Scalar, pieces: Iterable[str]) -> None:
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
        return Found({line: _merged(places) for line, places in self.at.items()}, self.words)


def secrets_of(lines: Sequence[str]) -> Found:
    """Return the secrets in the lines of one document; never raises."""
    cuts = _Cuts(lines)
    text = "\n".join(lines)
    if not looks.may_hold(text):
        return cuts.found()
    nodes, readable = _composed(text)
    scalars: list[_Scalar] = []
    for node in nodes:
        _look(node, masking.Role(), cuts, scalars)
    _by_look(cuts, assigned=not readable)
    if readable:
        _in_comments(cuts, scalars)
    else:
        _in_lines(cuts)
    return cuts.found()


def _merged(places: Iterable[tuple[int, int]]) -> Places:
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _composed(text: str) -> tuple[list[Any], bool]:
    """Return the nodes of a document, as far as they can be read, and whether all of the text can."""
    stack: list[list[Any]] = [[]]
    kinds: list[Any] = []
    readable = True
    try:
        for event in _events(text):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                start, end = event.start_mark, event.end_mark
                stack[-1].append(_Scalar(event.value, event.style or "", (start.line, start.column), (end.line, end.column)))
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


def _look(node: Any, role: Role, cuts: _Cuts, scalars: list[_Scalar]) -> None:
    """Hide the secrets in a node; `scalars` are all that are met, for whoever looks at the rest."""
    if isinstance(node, _Scalar):
        scalars.append(node)
        _hide(node, role, cuts)
    elif isinstance(node, _List):
        before: Any = None
        for item in node.items:
            _look(item, role.after(before), cuts, scalars)
            before = item.text if isinstance(item, _Scalar) else None
    elif isinstance(node, _Map):
        around = {key.text: item.text for key, item in node.entries if isinstance(key, _Scalar) and isinstance(item, _Scalar)}
        for key, item in node.entries:
            name = key.text if isinstance(key, _Scalar) else ""
            _look(key, masking.Role(), cuts, scalars)
            _look(item, role.at(name, around), cuts, scalars)


def _hide(scalar: _Scalar, role: Role, cuts: _Cuts) -> None:
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


def _value(scalar: _Scalar) -> Any:
    """Return a scalar as masking takes it: a number only where every reader takes it for one."""
    if scalar.style or not (scalar.text in _NOTHING or _CANONICAL.match(scalar.text)):
        return scalar.text
    return 0 if scalar.text not in _NOTHING else None


def _by_look(cuts: _Cuts, *, assigned: bool) -> None:
    """Hide what is a secret by its look, wherever it stands: a private key takes several lines."""
    text = "\n".join(cuts.lines)
    starts = [0, *accumulate(len(line) + 1 for line in cuts.lines)]
    for start, end in looks.looks(text, assigned=assigned):
        first = bisect_right(starts, start) - 1
        for number in range(first, bisect_right(starts, end - 1)):
            line = cuts.lines[number]
            indent = len(line) - len(line.lstrip())
            cuts.add(number, max(start - starts[number], indent), min(end - starts[number], len(line)))
        cuts.words.append(((first, bisect_right(starts, end - 1) - 1), text[start:end]))


def _in_comments(cuts: _Cuts, scalars: list[_Scalar]) -> None:
    """Hide what comments say of secrets, such as a value that was switched off."""
    taken = sorted((scalar.start, scalar.end) for scalar in scalars)
    for number, line in enumerate(cuts.lines):
        for match in _COMMENT.finditer(line):
            index = bisect_right(taken, ((number, match.start()), (len(cuts.lines), 0))) - 1
            if index < 0 or taken[index][1] <= (number, match.start()) or _is_opening(taken[index], number, cuts):
                _in_words(cuts, number, match.start())
                break


def _is_opening(scalar: tuple[tuple[int, int], tuple[int, int]], number: int, cuts: _Cuts) -> bool:
    """Tell whether a line only announces a block, so that a `#` after the `|` is a comment."""
    start, _ = scalar
    return start[0] == number and cuts.lines[number][start[1] : start[1] + 1] in ("|", ">")


def _in_lines(cuts: _Cuts) -> None:
    """Hide what lines seem to say of secrets; nobody can read them as data."""
    inside = -1
    for number, line in enumerate(cuts.lines):
        indent = len(line) - len(line.lstrip(" "))
        if inside >= 0 and (indent > inside or not line.strip() or line.lstrip().startswith("- ")):
            cuts.add(number, indent, len(line.rstrip()))
            continue
        opens = _OPENS.match(line)
        inside = len(opens[1]) if opens and masking.is_secret_name(opens[2]) else -1
        _in_words(cuts, number, 0)


def _in_words(cuts: _Cuts, number: int, start: int) -> None:
    """Hide what stands after a secret's name in the rest of a line."""
    for match in _KEYED.finditer(cuts.lines[number], start):
        if masking.is_secret_name(match[1]) and not looks.is_filled_in(match[2]) and not _LATER.match(match[2]):
            cuts.add(number, match.start(2), match.start(2) + len(match[2].rstrip()))
            cuts.words.append(((number, number), match[2].strip().strip("\"'")))
