"""How much is kept for later runs, and how it is removed."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from generator.syntax.named_tuples import NamedTuple
from generator.system.store import mode_of


class Size(NamedTuple):
    """How much is kept."""

    entries: int
    bytes: int

    def __add__(self, other: Any) -> Size:
        return Size(self.entries + other.entries, self.bytes + other.bytes)


def size_below(folder: str) -> Size:
    """Return how much is in a folder and those below it."""
    found = Size(0, 0)
    for path, _, names in os.walk(folder):
        with suppress(OSError):
            found += Size(len(names), sum(os.lstat(os.path.join(path, name)).st_size for name in names))
    return found


def clear(folder: str) -> Size:
    """Remove a folder of this user with all that is in it, and return how much that was; raises OSError."""
    import shutil

    found = size_below(folder) if mode_of(folder) is not None else Size(0, 0)
    if found.entries:
        shutil.rmtree(folder)
    return found
