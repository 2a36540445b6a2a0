"""Two values next to each other, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from generator.syntax.leaves import ABSENT
from generator.syntax.named_tuples import NamedTuple

_AROUND = 3
"""Lines that are the same, shown before and after those that differ."""
_MOST_COMPARED = 2_000
"""Lines of a value that are aligned; of longer ones, the lines are next to each other by number."""


class Row(NamedTuple):
    """One line of both sides; None where a side has none, and for both where lines that are the same are left out."""

    before: str | None
    after: str | None
    left_out: int = 0

    @property
    def differs(self) -> bool:
        """Whether the sides differ here."""
        return self.before != self.after


def rows(before: Any, after: Any) -> Iterator[Row]:
    """Yield the lines of two values; a value that is ABSENT has none."""
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > _MOST_COMPARED:
        yield from _next_to_each_other(old, new)
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    codes = matcher.get_opcodes()
    for number, (kind, a, b, c, d) in enumerate(codes):
        if kind == "equal":
            yield from _same(old[a:b], is_first=number == 0, is_last=number == len(codes) - 1)
        else:
            yield from _next_to_each_other(old[a:b], new[c:d])


def _lines(value: Any) -> list[str]:
    if value is ABSENT:
        return []
    if isinstance(value, str):
        return value.split("\n")
    return json.dumps(value, indent=2, ensure_ascii=False, default=str).split("\n")


def _same(lines: Sequence[str], *, is_first: bool, is_last: bool) -> Iterator[Row]:
    """Yield lines that are the same, but for those that are far from any that differ."""
    head, tail = (0 if is_first else _AROUND), (0 if is_last else _AROUND)
    left = len(lines) - head - tail
    if left <= 1:
        yield from (Row(line, line) for line in lines)
        return
    yield from (Row(line, line) for line in lines[:head])
    yield Row(None, None, left)
    yield from (Row(line, line) for line in lines[len(lines) - tail :])


def _next_to_each_other(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    for index in range(max(len(old), len(new))):
        yield Row(old[index] if index < len(old) else None, new[index] if index < len(new) else None)
