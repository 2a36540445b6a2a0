"""Two values next to each other, line by line."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from generator.syntax.leaves import ABSENT
from generator.syntax.named_tuples import NamedTuple

_AROUND = 3
"""Lines that are the same, shown before and after those that differ."""


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
    a = b = 0
    for x, y, length in (*_runs(_pairs(old, new)), (len(old), len(new), 0)):
        yield from _next_to_each_other(old[a:x], new[b:y])
        a, b = x + length, y + length
        if length:
            yield from _same(old[x:a], is_first=x == y == 0, is_last=(a, b) == (len(old), len(new)))


def _runs(pairs: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield pairs that follow one another as one: where they begin on both sides, and how many they are."""
    x = y = length = 0
    for a, b in pairs:
        if (a, b) == (x + length, y + length):
            length += 1
            continue
        if length:
            yield x, y, length
        x, y, length = a, b, 1
    if length:
        yield x, y, length


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of lines that are the same on both sides, in order.

    Lines that are on each side once are aligned first, and then what is the same next to them. That takes time in
    proportion to the lines, whatever is in them; difflib takes that of their third power.
    """
    a = b = 0
    for x, y in (*_anchors(old, new), (len(old), len(new))):
        while a < x and b < y and old[a] == new[b]:
            yield a, b
            a, b = a + 1, b + 1
        same = 0
        while same < min(x - a, y - b) and old[x - same - 1] == new[y - same - 1]:
            same += 1
        yield from zip(range(x - same, x), range(y - same, y), strict=True)
        if x < len(old):
            yield x, y
        a, b = x + 1, y + 1


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the lines that are on each side once, as many as are in the same order on both."""
    there = {line: number for number, line in enumerate(new)}
    often = {line for lines in (old, new) for line, times in Counter(lines).items() if times > 1}
    both = [(number, there[line]) for number, line in enumerate(old) if line in there and line not in often]
    ends: list[int] = []  # the lowest number in `new` that so many in order can end with
    last: list[int] = []  # which of `both` that is
    before: list[int] = []  # the one before each in its order; -1 for the first
    for index, (_, y) in enumerate(both):
        at = bisect_left(ends, y)
        ends[at : at + 1], last[at : at + 1] = [y], [index]
        before.append(last[at - 1] if at else -1)
    found = []
    index = last[-1] if last else -1
    while index >= 0:
        found.append(both[index])
        index = before[index]
    return found[::-1]


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
