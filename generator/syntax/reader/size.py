"""The size of a YAML document with all aliases expanded: nested ones grow without bound."""

from __future__ import annotations

from typing import Any, NamedTuple

MAX_DEPTH = 100
MAX_NODES = 1_000_000
"""Values of one document."""
MAX_REPEATED = 16 * 1024 * 1024
"""Characters that aliases may repeat: one long text can be repeated by each of a million values."""


class Anchor(NamedTuple):
    """The size of the value that an alias repeats."""

    value: Any
    nodes: int
    characters: int
    levels: int = 0
    """How many levels of maps and lists are below it."""


class _Before(NamedTuple):
    """What the document amounted to before a value with an anchor."""

    nodes: int
    characters: int
    depth: int
    deepest: int


class Size:
    """What has been read of a document."""

    __slots__ = ("characters", "deepest", "most_characters", "nodes")

    def __init__(self, length: int) -> None:
        self.nodes = 0
        self.characters = 0
        self.deepest = 0
        self.most_characters = length + MAX_REPEATED

    @property
    def is_too_much(self) -> bool:
        """Whether nothing more is to be read."""
        return self.nodes > MAX_NODES or self.deepest > MAX_DEPTH or self.characters > self.most_characters

    def take(self, depth: int) -> None:
        """Count a value at a depth."""
        self.nodes += 1
        if depth > self.deepest:
            self.deepest = depth

    def repeat(self, anchor: Anchor, depth: int) -> None:
        """Count an alias at a depth, with all that it repeats."""
        self.nodes += anchor.nodes
        self.characters += anchor.characters
        self.deepest = max(self.deepest, depth + anchor.levels)

    def begin(self, depth: int) -> _Before:
        """Return where a value with an anchor begins."""
        before = _Before(self.nodes - 1, self.characters, depth, self.deepest)
        self.deepest = depth
        return before

    def anchor(self, value: Any, before: _Before) -> Anchor:
        """Return what an alias of a value repeats, once it has been read."""
        levels = self.deepest - before.depth
        self.deepest = max(self.deepest, before.deepest)
        return Anchor(value, self.nodes - before.nodes, self.characters - before.characters, levels)
