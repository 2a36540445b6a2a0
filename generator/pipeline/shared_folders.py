"""Which folders of a workspace hold what belongs to one file, and nothing of others."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping


class Holdings:
    """Who has what in which folders; a folder that is held as a whole has all that is below it."""

    def __init__(self, held: Mapping[str, Iterable[str]]) -> None:
        """Create it from the paths that each holder has, from the root of the workspace."""
        self._at: dict[str, set[str]] = {}
        self._below: dict[str, set[str]] = {}
        for holder, paths in held.items():
            self.add(holder, paths)

    def add(self, holder: str, paths: Iterable[str]) -> None:
        """Add the paths of one more holder."""
        for path in paths:
            self._at.setdefault(path, set()).add(holder)
            for folder in _above(path):
                self._below.setdefault(folder, set()).add(holder)

    def is_alone(self, folder: str, holder: str) -> bool:
        """Tell whether no other holder has a folder, anything in it, or a folder that it is in."""
        around = (self._at.get(path, set()) for path in (folder, *_above(folder)))
        return not set().union(self._below.get(folder, set()), *around) - {holder}


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path
