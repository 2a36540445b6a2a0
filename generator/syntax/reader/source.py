"""One YAML document as plain data, and the place of everything in it.

The parser's events (libyaml's, by PyYAML) are turned into dicts, lists and scalars by our own rules,
so no tag, anchor or resolver of a YAML library is involved. Reading for data alone is the usual case;
places are computed by a second pass over the same text, when something has to be pointed at: up to
that node for the first ones, as most files have one finding or none, and then all of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator.diagnostics import Diagnostic, Pointer, Severity, Span
from generator.errors import Rejected
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader import characters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.syntax.reader.document import Lines, Places


class Place(NamedTuple):
    """The place of a node: its key (for a list item, the item itself) and its value."""

    key: Span
    value: Span


_FEW = 2
"""Nodes of a document whose places are looked for one by one."""


class Source:
    """A document that was read: its path, text, data and, on demand, places."""

    __slots__ = ("_located", "_places", "data", "has_nulls", "lines", "path", "text")

    def __init__(
        self,
        path: str,
        text: str,
        data: Any,
        *,
        has_nulls: bool = True,
        lines: Lines | None = None,
        is_sound: bool = False,
    ) -> None:
        self.path = path
        self.text = text
        self.data = data
        self.has_nulls = has_nulls
        """False if the data has no nulls, so that callers can skip the search."""
        self.lines: Lines = lines or {}
        """What is known of places without a second pass; nothing of data that was not read from a text."""
        self._places: Places | None = None
        self._located: dict[Pointer, tuple[Place, bool]] | None = {} if is_sound else None
        """The places that were looked for one by one; None of a document with problems, or not of this reader."""

    @property
    def places(self) -> Mapping[Pointer, Place]:
        """The place of every node, by pointer; the root is ()."""
        if self._places is None:
            from generator.syntax.reader.events import read_events

            self._places = read_events(self.text, with_places=True).places
        return self._places

    def line_of(self, pointer: Pointer) -> int:
        """Return the line of a key or an item, or the nearest node above it that exists."""
        line, node = 1, self.data
        for part in pointer:
            lines: Any = self.lines.get(id(node), {})
            try:
                line, node = lines[part], node[part]
            except (KeyError, IndexError, TypeError):
                break
        return line

    def span_of_key(self, pointer: Pointer) -> Span:
        """Return the place of a key, or the nearest node above it that exists."""
        return self._nearest(pointer)[0].key

    def span_of(self, pointer: Pointer) -> Span:
        """Return the span to mark with a caret: a single value itself, for a map or list its key."""
        place, is_there = self._nearest(pointer)
        one_line = place.value.line == place.value.end_line and place.value.column < place.value.end_column
        single = one_line and is_there and self.text_at(place.value)[:1] not in ("{", "[")
        return place.value if single and pointer else place.key

    def span_of_value(self, pointer: Pointer) -> Span:
        """Return the place of a value; for a node that does not exist, the key of the nearest above it."""
        place, is_there = self._nearest(pointer)
        return place.value if is_there else place.key

    def _nearest(self, pointer: Pointer) -> tuple[Place, bool]:
        """Return the place of the nearest node that exists, and whether it is the one at the pointer."""
        located = self._located
        if self._places is None and located is not None:
            if pointer not in located and len(located) < _FEW:
                from generator.syntax.reader.locating import locate

                located[pointer] = locate(self.text, pointer)
            if pointer in located:
                return located[pointer]
        places, above = self.places, pointer
        while above and above not in places:
            above = above[:-1]
        return places.get(above) or Place(Span(1, 1, 1, 1), Span(1, 1, 1, 1)), pointer in places

    def text_at(self, span: Span) -> str:
        """Return the characters of a span that lies within one line; else of its first line."""
        rows = _rows(self.text)
        if not 0 < span.line <= len(rows):
            return ""
        line = rows[span.line - 1].rstrip("\r")
        end = span.end_column - 1 if span.end_line == span.line else len(line)
        return line[span.column - 1 : end]


@lru_cache(maxsize=2)
def _rows(text: str) -> list[str]:
    """Return the lines of a text, which many findings ask for; only those of the last texts are kept."""
    return text.split("\n")


def try_parse(path: str, raw: bytes) -> tuple[Source | None, list[Diagnostic]]:
    """Return the data that could be read and its problems; never raises.

    There is no source if the data could not be read. It is present with diagnostics when
    single values are at fault, so that later stages can report their problems in the same run.
    """
    try:
        text = characters.decode(raw)
    except characters.UnreadableError as error:
        return None, [_placed(path, error.problem)]
    problems = characters.forbidden_in_file(text)
    if problems:
        return None, [_placed(path, problem) for problem in problems]
    from generator.syntax.reader.events import read_events

    document = read_events(text)
    diagnostics = [_placed(path, problem) for problem in document.problems]
    if document.broken:
        return None, diagnostics
    is_sound = not diagnostics
    source = Source(path, text, document.data, has_nulls=document.has_nulls, lines=document.lines, is_sound=is_sound)
    return source, diagnostics


def parse(path: str, raw: bytes) -> Source:
    """Return the document in `raw`; raises Rejected with every problem the reader found."""
    source, diagnostics = try_parse(path, raw)
    if diagnostics or source is None:
        raise Rejected(diagnostics)
    return source


def _placed(path: str, problem: characters.Problem) -> Diagnostic:
    return Diagnostic(path, problem.span, problem.rule, Severity.ERROR, problem.message, problem.hint, fix=problem.fix)
