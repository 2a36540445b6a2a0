"""Rid a file of the problems that say how: their stretches are replaced, and the rest stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.diagnostics import Diagnostic
from generator.syntax.edit.lines import Lines
from generator.syntax.reader import try_parse


class Fixable(NamedTuple):
    """A problem, and what to write in the place of its span."""

    problem: Diagnostic
    text: str


def fixable(found: Sequence[Diagnostic], *, unsafe: bool) -> list[Fixable]:
    """Return what can be fixed: all that is safe, and with `unsafe` what was most likely meant as well."""
    return [
        Fixable(item, item.fix.text)
        for item in found
        if item.fix and (item.fix.safe or unsafe) and item.span.line == item.span.end_line
    ]


def fixed(path: str, raw: bytes, found: Sequence[Fixable]) -> tuple[bytes, list[Fixable]]:
    """Return the bytes of a file without these problems, and which of them are gone.

    The text is read again after all replacements. If anything is wrong with it then, it is read after each one, and one
    after which more is wrong is left; so are all others once `_MOST_READ` bytes were read.
    """
    by_place = {item.problem.span: item for item in found}
    back_to_front = [by_place[span] for span in sorted(by_place, reverse=True)]  # so that places stay
    text = raw.decode("utf-8-sig")
    mark = raw[: len(raw) - len(text.encode("utf-8"))]
    every = _replaced(text, back_to_front)
    if not try_parse(path, mark + every.encode("utf-8"))[1]:
        return mark + every.encode("utf-8"), back_to_front[::-1]
    done: list[Fixable] = []
    source, problems = try_parse(path, raw)
    for item in back_to_front[: _MOST_READ // max(len(raw), 1)]:
        changed = _replaced(text, [item])
        again, left = try_parse(path, mark + changed.encode("utf-8"))
        if len(left) <= len(problems) and (again or not source):
            text, source, problems = changed, again, left
            done.append(item)
    return mark + text.encode("utf-8"), done[::-1]


_MOST_READ = 2_000_000


def _replaced(text: str, back_to_front: Sequence[Fixable]) -> str:
    lines = Lines(text)  # of the text as it was: what is replaced is behind what comes next
    pieces, end_of_rest = [], len(text)
    for item in back_to_front:
        span = item.problem.span
        start, end = lines.offset(span.line, span.column), lines.offset(span.end_line, span.end_column)
        pieces += [text[min(end, end_of_rest) : end_of_rest], item.text]
        end_of_rest = start
    return "".join([text[:end_of_rest], *reversed(pieces)])
