"""Align the items of two lists, so that an item added at the front is one change."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

Pair = tuple[int | None, int | None]
"""The place in the old list and in the new one; None where it is not there."""

_MOST = 40_000
"""Pairs of items that are looked at; longer lists are aligned place by place."""
_SIMILAR = 1.5
"""What it costs to call one item a change of another: less than taking one out and putting one in."""


def canonical(value: Any) -> str:
    """Return a text that two values share when they are the same data, types included, whatever the order of keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def aligned(old: Sequence[Any], new: Sequence[Any], similar: Callable[[Any, Any], bool]) -> list[Pair]:
    """Return the cheapest way from one list to the other; the way back is the same, mirrored.

    `similar` tells whether an item may have become another one.
    """
    olds, news = [canonical(item) for item in old], [canonical(item) for item in new]
    if olds <= news:
        return _cheapest(old, new, olds, news, similar)
    mirrored = _cheapest(new, old, news, olds, lambda a, b: similar(b, a))
    return [(after, before) for before, after in mirrored]


def _cheapest(
    old: Sequence[Any], new: Sequence[Any], olds: list[str], news: list[str], similar: Callable[[Any, Any], bool]
) -> list[Pair]:
    head = 0
    while head < min(len(olds), len(news)) and olds[head] == news[head]:
        head += 1
    tail = 0
    while tail < min(len(olds), len(news)) - head and olds[-1 - tail] == news[-1 - tail]:
        tail += 1
    rows, columns = len(olds) - head - tail, len(news) - head - tail
    pairs: list[Pair] = [(at, at) for at in range(head)]
    if rows * columns > _MOST:
        pairs += [(head + at if at < rows else None, head + at if at < columns else None) for at in range(max(rows, columns))]
    else:

        def cost(row: int, column: int) -> float:
            if olds[head + row] == news[head + column]:
                return 0
            return _SIMILAR if similar(old[head + row], new[head + column]) else 3

        pairs += [
            (None if row is None else head + row, None if column is None else head + column)
            for row, column in _way(rows, columns, cost)
        ]
    return pairs + [(len(olds) - tail + at, len(news) - tail + at) for at in range(tail)]


def _way(rows: int, columns: int, cost: Callable[[int, int], float]) -> list[Pair]:
    """Return the pairs along the cheapest way through a table, by dynamic programming from its end."""
    left = [[float(rows - row + columns - column) for column in range(columns + 1)] for row in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            left[row][column] = min(
                left[row + 1][column + 1] + cost(row, column), left[row + 1][column] + 1, left[row][column + 1] + 1
            )
    pairs: list[Pair] = []
    row = column = 0
    while row < rows or column < columns:
        here = left[row][column]
        if row < rows and column < columns and here == left[row + 1][column + 1] + cost(row, column):
            pairs.append((row, column))
            row, column = row + 1, column + 1
        elif row < rows and here == left[row + 1][column] + 1:
            pairs.append((row, None))
            row += 1
        else:
            pairs.append((None, column))
            column += 1
    return pairs
