"""The comments of a document that was read, each with its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from generator.syntax.reader.parser import Parser


class Comment(NamedTuple):
    """One comment, from its `#` to the end of the line; lines and columns count from 1."""

    line: int
    column: int
    text: str
    alone: bool
    """Nothing but spaces comes before it."""


_START = re.compile(r"(?:^|(?<=[ \t]))#", re.MULTILINE)


def comments(text: str) -> Iterator[Comment]:
    """Yield the comments of YAML; a `#` within a quoted or block scalar does not start one.

    Yields nothing for YAML with a syntax error, in which it is unknown what is quoted; the error is reported anyway.
    """
    try:
        scalars = list(_scalars(text))
    except yaml.YAMLError:
        return
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        for match in _START.finditer(line):
            index = start + match.start()
            nearest = bisect_right(scalars, (index, len(text))) - 1
            if nearest < 0 or index >= scalars[nearest][1]:
                before = line[: match.start()]
                yield Comment(number, match.start() + 1, line[match.start() :].rstrip("\r"), not before.strip())
                break
        start += len(line) + 1


def _scalars(text: str) -> Iterator[tuple[int, int]]:
    """Yield where quoted and block scalars begin and end; what follows a block's `|` on its line is not of it."""
    parser = Parser(text.encode("utf-8"))
    while True:
        event = parser.get_event()
        if type(event) is yaml.ScalarEvent and event.style:
            start, end = _index(event.start_mark), _index(event.end_mark)
            if event.style in "|>":
                newline = text.find("\n", start)
                start = newline + 1 if newline >= 0 else len(text)
            yield start, end
        elif type(event) is yaml.StreamEndEvent:
            return


def _index(mark: Any) -> int:
    index: int = mark.index
    return index
