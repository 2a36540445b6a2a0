"""The limits and the data of a document."""

from __future__ import annotations

from typing import Any

from generator.diagnostics import Pointer
from generator.syntax.reader.characters import Problem
from generator.syntax.reader.source import Place

Places = dict[Pointer, Place]

Lines = dict[int, "dict[str, int] | list[int]"]
"""By the id of a map or list that was read: on which line each key, or each item, stands, counted from 1."""

MAX_DEPTH = 32
MAX_NODES = 20_000
MAX_SCALAR = 16 * 1024
MAX_KEY = 256
MAX_PROBLEMS = 100


class Document:
    """What the events amount to: `broken` means that `data` does not represent the file."""

    __slots__ = ("broken", "data", "has_nulls", "lines", "places", "problems")

    def __init__(self) -> None:
        self.data: Any = None
        self.problems: list[Problem] = []
        self.places: Places = {}
        self.lines: Lines = {}
        self.broken = False
        self.has_nulls = False
