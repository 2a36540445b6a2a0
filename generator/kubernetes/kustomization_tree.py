"""The files that a kustomization may be built from, as a place to look them up in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Tree(Protocol):
    """The files that a kustomization may be built from, each read only when it is named."""

    def is_file(self, path: str) -> bool:
        """Tell whether a path is a regular file."""

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a directory."""

    def exists(self, path: str) -> bool:
        """Tell whether there is anything at a path."""

    def read(self, path: str, limit: int) -> bytes:
        """Return the bytes of a file; raises UnreadableFileError, also for more than `limit` bytes, before it reads them."""


class Changed:
    """A tree with a text in the place of some of its files."""

    def __init__(self, tree: Tree, changed: Mapping[str, bytes]) -> None:
        self._tree = tree
        self._changed = changed
        self.is_folder = tree.is_folder

    def is_file(self, path: str) -> bool:
        """Tell whether a path is a regular file."""
        return path in self._changed or self._tree.is_file(path)

    def exists(self, path: str) -> bool:
        """Tell whether there is anything at a path."""
        return path in self._changed or self._tree.exists(path)

    def read(self, path: str, limit: int) -> bytes:
        """Return the bytes of a file."""
        return self._changed[path] if path in self._changed else self._tree.read(path, limit)
