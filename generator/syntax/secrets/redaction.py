"""The text of a file with its secrets masked, also in lines that are not valid YAML.

Where the text is YAML, its values are looked at as data, so that a secret is known by its key, however it
is written and however many lines it takes. Comments, and all of a text that is not YAML, are looked at line by line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, pairwise

from generator.diagnostics import Diagnostic, Span
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.secrets.looks import MASK, Found, Places, may_hold, without_looks

_START = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
MOST_READ = 2_000_000
"""Characters of a document beyond which it is not searched for secrets, and none of its lines is shown."""
_SHORT = 6
"""Characters below which a secret is too common a word to be hidden in every message about its file."""
_SHORT_LINE = 4
"""Characters below which a line of a secret is too common to be hidden by itself."""
_LONGEST = 50
"""Characters after which messages cut a value: from there on the start of it is enough."""


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


class Redacted:
    """One text, looked at document by document when a line of it is asked for."""

    __slots__ = ("_firsts", "_parts", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text.removeprefix("\ufeff")
        self._starts = [0, *(match.start() for match in _START.finditer(self._text) if match.start())]
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
        """Return the first line of a span; empty if absent."""
        part = self._part_of(span.line - 1)
        number = span.line - 1 - part.first
        if not 0 <= number < len(part.lines):
            return Excerpt("", 0, 0)
        line, start = part.lines[number], span.column - 1
        end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
        return _cut(line, part.found.places.get(number, ()), start, max(end, start))

    def words(self, span: Span) -> tuple[list[str], list[str]]:
        """Return the secrets that be at a span, and all that are known of its document."""
        part = self._part_of(span.line - 1)
        first, last = span.line - 1 - part.first, span.end_line - 1 - part.first
        here = [word for (start, end), word in part.found.words if start <= last and first <= end]
        return here, [word for _, word in part.found.words]

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
            self._parts[index] = _Part(self._firsts[index], lines, found)
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
    here: set[str] = set()
    known: set[str] = set()
    for index, text in enumerate(texts):
        near, every = redacted(text).words(item.span) if index == 0 else ([], redacted(text).every_word())
        here |= set(near)
        known |= set(every)
    words = here | {word for word in known if len(word) >= _SHORT}
    said = [without(item.message, words), without(item.hint, words)]
    changed = said != [item.message, item.hint]
    return item._replace(message=said[0], hint=said[1]) if changed else item


def without(message: str, secrets: Iterable[str]) -> str:
    """Return a message without secrets, in whatever form it quotes them, and without what is one by its look."""
    for form in sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True):
        if form in message:
            message = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", lambda _match: MASK, message)
    return without_looks(message)


def _forms(secret: str) -> Iterator[str]:
    """Yield how a message may quote a secret: escaped, by its lines, or cut where it is long."""
    import json  # only where something is hidden

    quoted = secret.replace("\n", "\\n")
    for form in (secret, quoted, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]):
        yield form
        if len(form) > _LONGEST:
            yield from (form[:length] for length in range(_LONGEST, min(len(form), 2 * _LONGEST)))
    if "\n" in secret:
        yield from (line.strip() for line in secret.split("\n") if len(line.strip()) >= _SHORT_LINE)
