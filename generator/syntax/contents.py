"""Data that was found right, remembered by its content: services repeat each other's, as objects of their own."""

from __future__ import annotations

import marshal
from collections.abc import Hashable
from typing import Any

_MOST = 2_000
"""Contents that are remembered."""
_LONGEST = 1_000
"""Bytes of one of them; what is longer is seldom repeated."""
_WITHOUT_REFERENCES = 2
"""The version of marshal's format in which equal data has equal bytes, whatever objects it shares."""

Content = tuple[Hashable, bytes]


class Contents:
    """Contents at their places, 2 MB of them at most."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: set[Content] = set()

    def __contains__(self, content: Content | None) -> bool:
        """Tell whether a content is remembered."""
        return content in self._known

    def add(self, content: Content | None) -> None:
        """Remember a content."""
        if content is not None:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known.add(content)


def content_of(place: Hashable, value: Any) -> Content | None:
    """Return what tells a value from all that differ from it, in type or order, too; None for what is not remembered.

    Bytes take a tenth of the time of a look at the value.
    """
    try:
        content = marshal.dumps(value, _WITHOUT_REFERENCES)
    except ValueError:  # it holds more than plain data
        return None
    return (place, content) if len(content) <= _LONGEST else None
