"""Charts in folders: read without following a link, and written as plain files and nothing else.

Helm follows every link in a chart, and would pack or render what it leads to. So it is only given
folders that were written here.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping

from generator.errors import ConfigError
from generator.system.charts.limits import Budget, NoPackageError, Paths, most
from generator.system.files import Folder, UnreadableFileError, scratch


class UnfitFolderError(Exception):
    """A folder that is not read as a chart; `path` is the file in it that is at fault, empty for the whole folder."""

    def __init__(self, path: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint


def read(root: str, path: str) -> dict[str, bytes]:
    """Return the files of the chart in a folder of the workspace, by their path in the chart.

    Raises UnfitFolderError for links and special files, here or on the way, and for more than a chart may hold.
    """
    found: dict[str, bytes] = {}
    paths, budget = Paths(), Budget()
    folder, path = Folder(root), posixpath.normpath(path)
    try:
        folder.check_way(path)
        for at, _ in folder.walk_kinds(path):
            below = at.removeprefix(f"{path}/")
            budget.member()
            paths.add(below)
            found[below] = _read(folder, at, below)
            budget.spend(len(found[below]))
    except UnreadableFileError as error:
        raise UnfitFolderError("", error.message, error.hint) from None
    except NoPackageError as error:
        raise UnfitFolderError("", f"cannot be used as a chart: {error}", "keep only what the chart needs") from None
    except ConfigError as error:
        raise UnfitFolderError("", f"cannot be read: {error.message}", error.hint) from None
    return found


def read_file(root: str, path: str, name: str) -> bytes | None:
    """Return one file of the chart in a folder, as `read` does; None if it does not exist."""
    try:
        return Folder(root).read(posixpath.join(path, name), most(name))
    except UnreadableFileError as error:
        if error.is_missing:
            return None
        raise UnfitFolderError(name, error.message, error.hint) from None


def _read(folder: Folder, path: str, below: str) -> bytes:
    try:
        return folder.read(path, most(below))
    except UnreadableFileError as error:
        raise UnfitFolderError(below, error.message, error.hint) from None


def write(files: Mapping[str, bytes], folder: str) -> None:
    """Write the files of a chart into a folder of ours, which is new; each is a new file."""
    paths = Paths()
    for path, content in files.items():
        paths.add(path)
        scratch.put(os.path.join(folder, path), content)
