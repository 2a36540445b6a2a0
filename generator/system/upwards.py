"""Where a folder lies: what is above it, and whether it is within another. It imports nothing, for it is asked first."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def upwards(folder: str) -> Iterator[str]:
    """Yield a folder and all those above it."""
    yield folder
    while (parent := os.path.dirname(folder)) != folder:
        folder = parent
        yield folder


def holding(folder: str, name: str) -> str:
    """Return the absolute path of a folder; empty if it does not hold a name."""
    path = os.path.abspath(folder)
    return path if os.path.lexists(os.path.join(path, name)) else ""


def above(start: str, name: str, without: Callable[[str], None] = lambda _folder: None) -> str:
    """Return the nearest folder, from `start` upwards, that holds a name; empty if absent.

    `without` is called for each folder on the way that does not.
    """
    for folder in upwards(os.path.abspath(start)):
        if holding(folder, name):
            return folder
        without(folder)
    return ""


def real(path: str) -> str:
    """Return the absolute path with all links followed."""
    return os.path.realpath(path)


def is_within(path: str, root: str, below: str) -> bool:
    """Tell whether a path is a folder of a workspace or below it, with all links followed."""
    whole, folder = real(path), real(os.path.join(root, below))
    return whole == folder or whole.startswith(folder + os.sep)
