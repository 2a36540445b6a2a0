"""The text of a file with its secrets masked, also in lines that are not valid YAML.

Where the text is YAML, its values are looked at as data, so that a secret is known by its key, however it
is written and however many lines it takes. Comments, and all of a text that is not YAML, are looked at line by line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise

from generator.diagnostics import Diagnostic, Span
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.secrets.known import Known, known_of
from generator.syntax.secrets.looks import MASK, Found, Places, may_hold
from generator.syntax.secrets.messages import hidden

_START = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
MOST_READ = 2_000_000
"""Characters of a document beyond which it is not searched for secrets, and none of its lines is shown."""
_SHORT = 6
"""Characters below which a secret is too common a word to be hidden in every message about its file."""
_MOST_SAID = 1_000
"""Characters of a message, which may quote what others wrote."""
_MOST_SHOWN = 240
"""Characters of a line that are shown."""
_BEFORE = 80
"""Characters of a long line that are shown before the start of a span."""


class Excerpt(NamedTuple):
    """A line as it may be shown, and where a span begins and ends in it; columns count from 0."""

    text: str
    start: int
    end: int


class _Part(NamedTuple):
    """One document of a text: its lines, and what of them is secret."""

    first: int
    lines: list[str]
    found: Found
    by_line: dict[int, list[str]]
    known: dict[tuple[int, int], Known]
    """The secrets on some lines: there may be many findings on a line, and many secrets."""


class Redacted:
    """One text, looked at document by document when a line of it is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text.removeprefix("\ufeff")
        marks = _START.finditer(self._text) if "---" in self._text else ()
        self._starts = [0, *(match.start() for match in marks if match.start())]
        counts = (self._text.count("\n", start, end) for start, end in pairwise(self._starts))
        self._firsts = [0, *accumulate(counts)]
        """The number of the first line of each document; lines count from 0."""
        self._parts: dict[int, _Part] = {}

    @property
    def lines(self) -> list[str]:
        """All lines, without the secrets in them."""
        parts = map(self._part, range(len(self._starts)))
        return [
            _cut(line, part.found.places.get(number, ()), 0, 0).text for part in parts for number, line in enumerate(part.lines)
        ]

    def excerpt(self, span: Span) -> Excerpt:
        """Return the first line of a span; empty if absent. Of a long line, return what is around the start of the span."""
        part = self._part_of(span.line - 1)
        number = span.line - 1 - part.first
        if not 0 <= number < len(part.lines):
            return Excerpt("", 0, 0)
        line, start = part.lines[number], span.column - 1
        end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
        return _window(line, part.found.places.get(number, ()), start, max(end, start))

    def words(self, span: Span) -> set[str]:
        """Return the secrets that are on the lines of a span."""
        part = self._part_of(span.line - 1)
        first, last = span.line - 1 - part.first, min(span.end_line - 1 - part.first, len(part.lines))
        known = self._by_line(part)
        return {word for line in range(first, last + 1) for word in known.get(line, ())}

    def known_at(self, span: Span) -> Known:
        """Return the secrets that are on the lines of a span, in whatever form a message quotes them."""
        known = self._part_of(span.line - 1).known
        lines = (span.line, span.end_line)
        if lines not in known:
            known[lines] = known_of(self.words(span))
        return known[lines]

    @staticmethod
    def _by_line(part: _Part) -> dict[int, list[str]]:
        """Return the secrets of a document by the lines that they are on."""
        if part.found.words and not part.by_line:
            for (first, last), word in part.found.words:
                for line in range(first, last + 1):
                    part.by_line.setdefault(line, []).append(word)
        return part.by_line

    @cached_property
    def known(self) -> Known:
        """The secrets of the text, in whatever form a message quotes them, but for those that are common words."""
        return known_of(word for word in self.every_word() if len(word) >= _SHORT)

    def every_word(self) -> Iterator[str]:
        """Yield all secrets of the text."""
        for index in range(len(self._starts)):
            yield from (word for _, word in self._part(index).found.words)

    def _part_of(self, line: int) -> _Part:
        return self._part(max(bisect_right(self._firsts, line) - 1, 0))

    def _part(self, index: int) -> _Part:
        if index not in self._parts:
            end = self._starts[index + 1] - 1 if index + 1 < len(self._starts) else len(self._text)
            part = self._text[self._starts[index] : end]
            if len(part) > MOST_READ:
                lines, found = [""] * (part.count("\n") + 1), Found({}, [])
            else:
                lines = [line.removesuffix("\r") for line in part.split("\n")]
                found = _found(lines)
            self._parts[index] = _Part(self._firsts[index], lines, found, {}, {})
        return self._parts[index]


def _found(lines: list[str]) -> Found:
    """Return the secrets in the lines of one document; never raises."""
    if not may_hold("\n".join(lines)):
        return Found({}, [])
    from generator.syntax.reader.secrets import secrets_of  # most texts hold none

    return secrets_of(lines)


def _cut(line: str, places: Places, start: int, end: int) -> Excerpt:
    """Return a line with a mask in the place of each secret, and where two columns are in it then."""
    text, at = "", 0
    columns = [start, end]
    for first, last in places:
        text += line[at:first] + MASK
        for index, column in enumerate((start, end)):
            if column >= last:
                columns[index] += len(MASK) - (last - first)
            elif column > first:  # within the secret: at the edge of its mask
                columns[index] = len(text) if index else len(text) - len(MASK)
        at = last
    return Excerpt(text + line[at:], *columns)


def _window(line: str, places: Places, start: int, end: int) -> Excerpt:
    """Return a line with masks as `_cut` does, or the part of a long one around a column."""
    if len(line) <= _MOST_SHOWN:
        return _cut(line, places, start, end)
    first = max(0, min(start - _BEFORE, len(line) - _MOST_SHOWN))
    last = first + _MOST_SHOWN
    near = [(max(a, first) - first, min(b, last) - first) for a, b in places if a < last and first < b]
    text, start, end = _cut(line[first:last], near, start - first, min(end, last) - first)
    before, after = "…" if first else "", "…" if last < len(line) else ""
    return Excerpt(before + text + after, start + len(before), end + len(before))


@lru_cache(16)
def redacted(text: str) -> Redacted:
    """Return a text with its secrets masked; the latest ones are cached."""
    return Redacted(text)


def shown(text: str) -> str:
    """Return a text without the secrets in it, line for line and with the same line ends."""
    if not may_hold(text):
        return text
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    ends = ("\r" if line.endswith("\r") else "" for line in text.split("\n"))
    return mark + "\n".join(line + end for line, end in zip(redacted(text).lines, ends, strict=True))


def told(item: Diagnostic, *texts: str) -> Diagnostic:
    """Return a finding whose words hold none of the secrets of its file, which is the first of the texts, or of the others."""
    known = [redacted(text).known for text in texts] + [redacted(text).known_at(item.span) for text in texts[:1]]
    said = [_cut_short(hidden(text, known)) for text in (item.message, item.hint)]
    return item._replace(message=said[0], hint=said[1]) if said != [item.message, item.hint] else item


def _cut_short(text: str) -> str:
    return text if len(text) <= _MOST_SAID else f"{text[: _MOST_SAID - 1]}…"
