"""The comments of values files, and files of a workspace with these comments at the same values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.syntax.emit import emit
from generator.syntax.reader import comments as reader
from generator.syntax.reader.source import Source
from generator.syntax.reader.stream import read_stream
from generator.syntax.secrets.redaction import shown


class Comment(NamedTuple):
    """What is said of one value; an empty line separates paragraphs."""

    above: tuple[str, ...] = ()
    """The lines above it, from `#` on."""
    behind: str = ""
    """The rest of its line, from `#` on."""
    below: tuple[str, ...] = ()
    """The lines after all of it."""

    @property
    def lines(self) -> tuple[str, ...]:
        """All that is said."""
        return tuple(filter(None, (*self.above, self.behind, *self.below)))

    def and_also(self, other: Comment) -> Comment:
        """Return it with what another comment says besides; only one can be behind a value."""
        more = () if not self.behind or other.behind in ("", self.behind) else (other.behind,)
        above = (*other.above, *more)
        return Comment(
            self.above if _has(self.above, above) else (*self.above, *above),
            self.behind or other.behind,
            self.below if _has(self.below, other.below) else (*self.below, *other.below),
        )


Comments = Mapping[Pointer, Comment]
"""Comments by the values that they are about; () is the file as a whole."""

_MEANT_FOR_TOOLS = ("tiphys:", "yaml-language-server:", "yamllint", "$schema", "@schema", "-- @")


def _has(lines: Sequence[str], more: Sequence[str]) -> bool:
    return not more or "\n".join(("", *more, "")) in "\n".join(("", *lines, ""))


class _Paragraph(NamedTuple):
    """Comments on lines of their own that follow one another."""

    start: int
    column: int
    lines: tuple[str, ...]

    @property
    def end(self) -> int:
        """The line after it."""
        return self.start + len(self.lines)


def of(text: str) -> dict[Pointer, Comment]:
    """Return the comments of a values file by the values that they are about; none of a file that is not YAML."""
    source = _source(text) if "#" in text else None
    return _Reading(text, source).found() if source is not None else {}


def of_block(source: Source, at: Pointer) -> dict[Pointer, Comment]:
    """Return the comments below a mapping of a document by the values in it that they are about."""
    found = _Reading(source.text, source).found() if "#" in source.text else {}
    return {pointer[len(at) :]: one for pointer, one in found.items() if pointer[: len(at)] == at != pointer}


class _Reading:
    def __init__(self, text: str, source: Source) -> None:
        self._lines = text.split("\n")
        self._by_line: dict[int, Pointer] = {}
        for pointer in sorted(filter(None, source.places), key=len):
            self._by_line.setdefault(source.places[pointer].key.line, pointer)
        self._starts = sorted(self._by_line)
        self._columns = {pointer: self._column(line) for line, pointer in self._by_line.items()}
        masked = shown(text).split("\n")
        every = (one._replace(text=one.text.replace("\t", " ")) for one in reader.comments(text))
        self._every = [  # a commented secret is not copied
            one
            for one in every
            if one.text.isprintable() and not _is_for_tools(one.text) and masked[one.line - 1] == self._lines[one.line - 1]
        ]

    def found(self) -> dict[Pointer, Comment]:
        """Return the comments by what they are about."""
        behind = {self._by_line[one.line]: one.text for one in self._every if not one.alone and one.line in self._by_line}
        above: dict[Pointer, list[str]] = {}
        below: dict[Pointer, list[str]] = {}
        for paragraph in self._paragraphs():
            pointer, is_above = self._about(paragraph)
            lines = (above if is_above else below).setdefault(pointer, [])
            if is_above:
                lines += [*([""] if lines and not pointer else []), *paragraph.lines]
                lines += [""] if pointer and self._is_blank(paragraph.end) else []
            else:
                lines += [*([""] if self._is_blank(paragraph.start - 1) else []), *paragraph.lines]
        every = dict.fromkeys((*behind, *above, *below))
        return {
            pointer: Comment(tuple(above.get(pointer, ())), behind.get(pointer, ""), tuple(below.get(pointer, ())))
            for pointer in every
        }

    def _paragraphs(self) -> Iterator[_Paragraph]:
        waiting: list[reader.Comment] = []
        for one in (one for one in self._every if one.alone):
            if waiting and not (waiting[-1].line + 1 == one.line and one.column >= waiting[0].column):
                yield _paragraph(waiting)
                waiting = []
            waiting.append(one)
        if waiting:
            yield _paragraph(waiting)

    def _about(self, paragraph: _Paragraph) -> tuple[Pointer, bool]:
        """Return what a paragraph is about, and whether it is above that; () is the file as a whole.

        Source: yaml.v3, of which yq and kustomize know comments: scannerc.go (head, line and foot comments)
        """
        at = bisect_left(self._starts, paragraph.start)
        before, after = (self._starts[n] if 0 <= n < len(self._starts) else 0 for n in (at - 1, at))
        is_apart = bool(after) and self._is_blank(paragraph.end)
        if not before:
            return ((), True) if is_apart or not after else (self._by_line[after], True)
        is_attached = not self._is_blank(paragraph.start - 1) and self._lines[paragraph.start - 2].lstrip()[:1] != "#"
        if after and self._column(after) >= paragraph.column and not (is_apart and is_attached):
            return self._by_line[after], True
        return self._above(self._by_line[before], paragraph.column), False

    def _above(self, pointer: Pointer, column: int) -> Pointer:
        """Return the value, of one and those that it is in, that begins in a column or left of it."""
        while len(pointer) > 1 and self._columns.get(pointer, column + 1) > column:
            pointer = pointer[:-1]
        return pointer

    def _column(self, line: int) -> int:
        return _indent(self._lines[line - 1]) + 1

    def _is_blank(self, line: int) -> bool:
        return not 0 < line <= len(self._lines) or not self._lines[line - 1].strip()


def _paragraph(several: Sequence[reader.Comment]) -> _Paragraph:
    return _Paragraph(several[0].line, several[0].column, tuple(one.text for one in several))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_for_tools(text: str) -> bool:
    return text.lstrip("# ").startswith(_MEANT_FOR_TOOLS)


def _source(text: str) -> Source | None:
    parts = list(read_stream("", text))
    if not parts:
        return Source("", text, None)  # nothing but comments
    return parts[0].source if len(parts) == 1 and not parts[0].problems else None


def written(data: Any, header: str, comments: Comments) -> str:
    """Return a document with comments at its values, which are named by pointers. Unlike a generated file, it may have nulls."""
    text = emit(_nullable(data)).replace(f'"{_NULL}"', "null")
    source = _source(text) if comments else None
    lines = text.split("\n")
    if source is not None:
        places = {pointer: source.places[pointer].key.line - 1 for pointer in comments if pointer in source.places}
        lines = _commented(lines, [(at, comments[pointer]) for pointer, at in places.items()])
    return (f"# {header}\n" if header else "") + "\n".join(lines)


def _commented(lines: list[str], comments: Sequence[tuple[int, Comment]]) -> list[str]:
    """Return lines with comments at some of them, by their numbers from 0."""
    above: dict[int, list[str]] = {}
    behind: dict[int, str] = {}
    after: dict[int, list[str]] = {}
    for at, comment in sorted(comments, key=lambda item: item[0]):
        margin = " " * _indent(lines[at])
        above.setdefault(at, []).extend(f"{margin}{line}" if line else "" for line in comment.above)
        if comment.behind and (at in behind or lines[at].endswith(("|", "|-"))):
            above[at].append(f"{margin}{comment.behind}")
        elif comment.behind:
            behind[at] = f"  {comment.behind}"
        if comment.below:
            after.setdefault(_end(lines, at), []).extend(f"{margin}{line}" if line else "" for line in comment.below)
    found: list[str] = []
    for at, line in enumerate(lines):
        found += [*after.get(at, ()), *above.get(at, ()), line + behind.get(at, "")]
    return found


def _end(lines: Sequence[str], at: int) -> int:
    """Return the line after a value that begins in a line."""
    return next((n for n in range(at + 1, len(lines)) if lines[n] and _indent(lines[n]) <= _indent(lines[at])), len(lines) - 1)


_NULL = "null marker of import"
"""Stands for null, as an emitter of generated files writes none."""


def _nullable(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _NULL if value is None else _nullable(value) for key, value in node.items()}
    return node
