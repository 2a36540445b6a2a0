"""Charts in folders: read without following a link, and written as plain files and nothing else.

Helm follows every link in a chart, and would pack or render what it leads to. So it is only given
folders that were written here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from generator.system.charts.limits import MAX_DEPTH, Budget, NoPackageError, Paths, shown

_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _NO_LINK
_FILE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _NO_LINK
"""Without O_NONBLOCK, opening a named pipe would hang the run."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK


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
    try:
        with _folder(root, path) as descriptor:
            for below, file in _walked(descriptor, "", budget):
                paths.add(below)
                found[below] = file
    except NoPackageError as error:
        raise UnfitFolderError("", f"cannot be used as a chart: {error}", "keep only what the chart needs") from None
    except OSError as error:
        raise UnfitFolderError("", f"cannot be read: {error.strerror or error}", "check its permissions") from None
    return found


def read_file(root: str, path: str, name: str) -> bytes | None:
    """Return one file of the chart in a folder, as `read` does; None where there is no such file or folder."""
    try:
        with _folder(root, path) as descriptor:
            return _read_file(descriptor, name, name, Budget())
    except FileNotFoundError:
        return None
    except NoPackageError as error:
        raise UnfitFolderError(name, f"cannot be read: {error}", "make it smaller") from None
    except OSError as error:
        raise UnfitFolderError(name, f"cannot be read: {error.strerror or error}", "check its permissions") from None


def write(files: Mapping[str, bytes], folder: str) -> None:
    """Write the files of a chart into a folder of ours, which is new; each is a new file."""
    paths = Paths()
    for path, content in files.items():
        paths.add(path)
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(os.open(target, _NEW, 0o644), "wb") as file:
            file.write(content)


@contextmanager
def _folder(root: str, path: str) -> Iterator[int]:
    """Give the descriptor of a folder; the root may be reached by links, nothing below it."""
    descriptor = os.open(root or ".", _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
    try:
        for name in path.split("/"):
            if name not in ("", "."):
                outer, descriptor = descriptor, _inner(descriptor, name)
                os.close(outer)
        yield descriptor
    finally:
        os.close(descriptor)


def _inner(outer: int, name: str) -> int:
    if name == "..":
        raise UnfitFolderError("", "does not stay in the workspace", "name a folder of the workspace")
    try:
        return os.open(name, _FOLDER, dir_fd=outer)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _special(outer, name, "", error) from None


def _walked(descriptor: int, below: str, budget: Budget) -> Iterator[tuple[str, bytes]]:
    if below.count("/") > MAX_DEPTH:
        raise NoPackageError(f"{shown(below)} is more than {MAX_DEPTH} levels deep")
    with os.scandir(descriptor) as entries:
        names = []
        for entry in entries:
            budget.member()
            names.append((entry.name, entry.is_dir(follow_symlinks=False)))
    for name, is_folder in sorted(names):
        path = f"{below}{name}"
        if not is_folder:
            yield path, _read_file(descriptor, name, path, budget)
            continue
        inner = os.open(name, _FOLDER, dir_fd=descriptor)
        try:
            yield from _walked(inner, f"{path}/", budget)
        finally:
            os.close(inner)


def _read_file(folder: int, name: str, path: str, budget: Budget) -> bytes:
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _special(folder, name, path, error) from None
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _special(folder, name, path)
        budget.ask(path, status.st_size)
        content = file.read(status.st_size + 1)
    budget.spend(len(content))
    budget.ask(path, len(content))
    return content


def _special(folder: int, name: str, path: str, error: OSError | None = None) -> UnfitFolderError:
    """Return what is wrong with an entry that cannot be read as a file or folder of its own."""
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        message = "is a symbolic link; links in charts are not followed"
        return UnfitFolderError(path, message, "replace the link with what it leads to")
    if stat.S_ISDIR(mode) if error is None else stat.S_ISREG(mode) and isinstance(error, NotADirectoryError):
        return UnfitFolderError(path, "is a directory" if error is None else "is a file, not a directory", "replace it")
    if error is not None and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return UnfitFolderError(path, f"cannot be read: {error.strerror or error}", "check its permissions")
    return UnfitFolderError(path, "is not a regular file", "replace it with a regular file, or delete it")
