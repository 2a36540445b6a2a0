"""Convert places between the reader and the language server protocol.

The reader counts lines and columns from 1, in characters, and leaves out a byte order mark. The
protocol counts from 0, ends lines at a lone carriage return too, and measures columns in the code
units that client and server agreed upon.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from generator.diagnostics import Span

BYTE_ORDER_MARK = "\ufeff"
_CLIENT_LINE = re.compile("\r\n|\n|\r")


class Position(NamedTuple):
    """A place of the protocol: line and column count from 0, the column in code units."""

    line: int
    column: int


class Text:
    """A text that an editor holds; `encoding` is that of the protocol: utf-8, utf-16 or utf-32."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self._unit = _UNITS.get(encoding, _UNITS["utf-16"])
        self._mark = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
        breaks = list(_CLIENT_LINE.finditer(text))
        self._starts = [0, *(match.end() for match in breaks)]
        self._ends = [*(match.start() for match in breaks), len(text)]
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._counted: dict[int, list[int]] = {}

    @property
    def plain(self) -> str:
        """The text as the reader sees it: without a byte order mark."""
        return self.text[self._mark :]

    def offset(self, position: Position) -> int:
        """Return the offset of a position; the nearest there is for one outside of the text."""
        if position.line >= len(self._starts):
            return len(self.text)
        start, end = self._starts[position.line], self._ends[position.line]
        units = self._units(position.line)
        return min(start + (bisect_right(units, position.column) - 1 if units else position.column), end)

    def position(self, offset: int) -> Position:
        """Return the position of an offset."""
        line = bisect_right(self._starts, offset) - 1
        characters = min(offset, self._ends[line]) - self._starts[line]
        units = self._units(line)
        return Position(line, units[characters] if units else characters)

    def _units(self, line: int) -> list[int]:
        """Return the number of code units before each character of a line; empty if each has one.

        Each line is counted once: a file can be one long line with thousands of places.
        """
        if line not in self._counted:
            text = self.text[self._starts[line] : self._ends[line]]
            self._counted[line] = [] if text.isascii() else list(accumulate(map(self._unit, text), initial=0))
        return self._counted[line]

    def place(self, position: Position) -> tuple[int, int]:
        """Return the line and column, from 1, that the reader would give a position."""
        offset = self.offset(position)
        line = bisect_right(self._lines, offset) - 1
        column = offset - self._lines[line]
        return line + 1, max(0, column - self._mark if line == 0 else column) + 1

    def offset_of(self, line: int, column: int) -> int:
        """Return the offset of a line and column of the reader; the nearest there is for one outside of the text."""
        if line > len(self._lines):
            return len(self.text)
        start = self._lines[line - 1] + (self._mark if line == 1 else 0)
        end = self._lines[line] - 1 if line < len(self._lines) else len(self.text)
        return max(start, min(start + column - 1, end))

    def range(self, span: Span) -> tuple[Position, Position]:
        """Return the positions between which a span of the reader lies."""
        start = self.offset_of(span.line, span.column)
        end = max(start, self.offset_of(span.end_line, span.end_column))
        return self.position(start), self.position(end)


_UNITS: dict[str, Callable[[str], int]] = {
    "utf-8": lambda letter: len(letter.encode("utf-8", "surrogatepass")),
    "utf-16": lambda letter: 2 if ord(letter) > 0xFFFF else 1,
    "utf-32": lambda _letter: 1,
}
