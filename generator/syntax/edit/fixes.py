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

    After each replacement the text is read again; one after which more is wrong with it is left.
    """
    done: list[Fixable] = []
    text = raw.decode("utf-8-sig")
    mark = raw[: len(raw) - len(text.encode("utf-8"))]
    source, problems = try_parse(path, raw)
    by_place = {item.problem.span: item for item in found}
    for span in sorted(by_place, reverse=True):  # from the back, so that places stay
        lines = Lines(text)
        start, end = lines.offset(span.line, span.column), lines.offset(span.end_line, span.end_column)
        changed = text[:start] + by_place[span].text + text[end:]
        again, left = try_parse(path, mark + changed.encode("utf-8"))
        if len(left) <= len(problems) and (again or not source):
            text, source, problems = changed, again, left
            done.append(by_place[span])
    return mark + text.encode("utf-8"), done[::-1]
