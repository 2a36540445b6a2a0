"""Folders and files by descriptor, each opened relative to the folder that it is in.

So a folder that is swapped for a link between two steps leads nowhere: the descriptor is still that of the folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from enum import Enum
from stat import S_ISDIR, S_ISLNK, S_ISREG

from generator.errors import ConfigError
from generator.files import refusals


class Kind(Enum):
    """What is at a path."""

    NOTHING = "nothing"
    FILE = "a regular file"
    FOLDER = "a directory"
    LINK = "a symbolic link"
    OTHER = "neither a file nor a directory"
    BLOCKED = "behind a link, or in a directory that cannot be searched"


_KINDS = ((S_ISREG, Kind.FILE), (S_ISDIR, Kind.FOLDER), (S_ISLNK, Kind.LINK))
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
"""Without O_NONBLOCK a fifo in the place of a file would hang the run."""
_OWN = getattr(os, "O_NOFOLLOW", 0)
_ROOT = _READ | getattr(os, "O_DIRECTORY", 0)
_FOLDER = _ROOT | _OWN
_NEW = os.O_WRONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | _OWN


def parts_of(path: str) -> list[str]:
    """Return the names on the way to a path; raises UnreadableFileError for one that is not plainly below its root."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts or "\\" in path or "\0" in path:
        raise refusals.goes_up()
    return parts


def enter(root: str, parts: Sequence[str], *, make: bool = False) -> int:
    """Return the descriptor of a folder by the names on the way to it; `make` makes those that are missing."""
    try:
        at = os.open(root, _ROOT)
    except OSError as error:
        raise refusals.reason(error) from None
    for number, part in enumerate(parts):
        try:
            below = _entered(at, part, make=make)
        except OSError as error:
            raise refusals.on_the_way(at, "/".join(parts[: number + 1]), part, error) from None
        finally:
            os.close(at)
        at = below
    return at


def _entered(at: int, name: str, *, make: bool) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=at)
    except FileNotFoundError:
        if not make:
            raise
    os.mkdir(name, dir_fd=at)
    return os.open(name, _FOLDER, dir_fd=at)


def step(at: int, name: str, path: str) -> int | None:
    """Return the descriptor of a folder that was just listed; None if it is a folder no more."""
    try:
        return os.open(name, _FOLDER, dir_fd=at)
    except OSError as error:
        if kind_of(at, name) is not Kind.FOLDER:
            return None
        raise ConfigError(f"the folder {path} cannot be read: {error.strerror or error}", "check its permissions") from None


def kind_of(at: int, name: str) -> Kind:
    """Return what a name is in a folder."""
    try:
        mode = os.lstat(name, dir_fd=at).st_mode
    except FileNotFoundError:
        return Kind.NOTHING
    except OSError:
        return Kind.BLOCKED
    return next((kind for is_kind, kind in _KINDS if is_kind(mode)), Kind.OTHER)


def open_file(at: int, name: str) -> int:
    """Return the descriptor of a file that is read; raises OSError, for a link too."""
    return os.open(name, _READ | _OWN, dir_fd=at)


def open_new(at: int, name: str, how: int, mode: int = 0o666) -> int:
    """Return the descriptor of a file that is written; raises OSError, for a link too."""
    return os.open(name, _NEW | how, mode, dir_fd=at)


def read(descriptor: int, limit: int) -> bytes:
    """Return the bytes of an open file, and never many more than `limit`; raises UnreadableFileError."""
    try:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            raise refusals.is_directory() if S_ISDIR(status.st_mode) else refusals.not_regular()
        if status.st_size > limit:
            raise refusals.too_large(status.st_size, limit)
        data = os.read(descriptor, status.st_size + 1)
        if len(data) == status.st_size:
            return data
        while more := os.read(descriptor, limit + 1 - len(data)):  # it grows, or it never had a size
            data += more
        if len(data) > limit:
            raise refusals.too_large(len(data), limit, grows=True)
        if data and not os.fstat(descriptor).st_size:  # what a kernel makes up
            raise refusals.not_regular()
    except OSError as error:
        raise refusals.reason(error) from None
    return data


def first_bytes(at: int, name: str, size: int) -> bytes:
    """Return up to `size` bytes of a regular file; none of anything else, or of a file that cannot be read."""
    try:
        descriptor = open_file(at, name)
    except OSError:
        return b""
    try:
        status = os.fstat(descriptor)
        return os.read(descriptor, min(size, status.st_size)) if S_ISREG(status.st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def read_followed(path: str, limit: int) -> bytes:
    """Return the bytes of a file that the user named, by whatever links; raises UnreadableFileError."""
    try:
        descriptor = os.open(path, _READ)
    except OSError as error:
        raise refusals.reason(error) from None
    try:
        return read(descriptor, limit)
    finally:
        os.close(descriptor)


def listed(at: int) -> Iterator[tuple[str, Kind]]:
    """Yield what is in a folder, by name; links are links."""
    with os.scandir(at) as entries:
        for entry in entries:
            if entry.is_symlink():
                yield entry.name, Kind.LINK
            elif entry.is_dir(follow_symlinks=False):
                yield entry.name, Kind.FOLDER
            else:
                yield entry.name, Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER
