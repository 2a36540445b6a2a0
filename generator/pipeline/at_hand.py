"""The files of a repository that generators of ApplicationSets may read."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

from generator.kubernetes.applicationsets.model import Tree
from generator.system.files import Folder, Kind, UnreadableFileError

_SKIPPED = (".git", "node_modules")
_MAX_FILE = 1024 * 1024


def tree(folder: Folder, shown: Callable[[str], str] = str) -> Tree:
    """Return what generators see of a folder that is the root of a repository; it is walked when something asks."""

    def read(path: str) -> bytes:
        try:
            return folder.read(path, _MAX_FILE)
        except UnreadableFileError as error:
            raise ValueError(error.message) from None

    return Tree(
        lambda: list(_folders(folder, "")),
        lambda: list(folder.walk("", lambda path: posixpath.basename(path) in _SKIPPED)),
        read,
        shown,
    )


def _folders(folder: Folder, below: str) -> Iterator[str]:
    """Yield all folders but hidden ones, which Argo CD leaves out as well."""
    for name, kind in folder.entries(below):
        path = f"{below}/{name}" if below else name
        if kind is Kind.FOLDER and not name.startswith("."):
            yield path
            yield from _folders(folder, path)
