"""Compare the files of two workspaces."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from generator.system.files import Folder, UnreadableFileError


class Tree(NamedTuple):
    """The files below a folder."""

    root: str

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, with newlines alone at the ends of lines; None if it does not exist."""
        try:
            return Folder(self.root).read(path).replace(b"\r\n", b"\n")
        except UnreadableFileError:
            return None

    def below(self, folder: str) -> set[str]:
        """Return the paths of all files in a folder."""
        try:
            return set(Folder(self.root).walk(folder))
        except UnreadableFileError:
            return set()


class Files:
    """Compares files and folders of two trees, each once."""

    def __init__(self, old: Tree, new: Tree) -> None:
        self._old = old
        self._new = new
        self._files: dict[str, bool] = {}
        self._folders: dict[str, tuple[str, ...]] = {}

    def file(self, path: str) -> bool:
        """Tell whether a file is not the same on both sides."""
        if path not in self._files:
            self._files[path] = self._old.read(path) != self._new.read(path)
        return self._files[path]

    def folder(self, folder: str) -> tuple[str, ...]:
        """Return the files in a folder that are not the same on both sides."""
        if folder not in self._folders:
            paths = self._old.below(folder) | self._new.below(folder)
            self._folders[folder] = tuple(path for path in paths if self.file(path))
        return self._folders[folder]

    def chart(self, folder: str) -> set[str]:
        """Return what has changed in a chart, and in the local charts that it depends on."""
        found: set[str] = set()
        seen, left = {folder}, [folder]
        while left:
            chart = left.pop()
            found.update(self.folder(chart))
            beside = set(self._beside(chart)) - seen
            seen |= beside
            left += beside
        return found

    def _beside(self, folder: str) -> Iterator[str]:
        """Yield the folders of the workspace with the charts that a chart depends on, on either side."""
        for side in (self._old, self._new):
            for match in _LOCAL.finditer(side.read(f"{folder}/Chart.yaml") or b""):
                other = posixpath.normpath(posixpath.join(folder, match[1].decode("utf-8", "replace")))
                if not other.startswith(("..", "/")) and "\0" not in other:
                    yield other


_LOCAL = re.compile(rb"repository:\s*[\"']?file://([^\s\"',}]+)")
