"""Folders and files by descriptor, each opened relative to the folder that contains it.

So replacing a folder by a link between two steps has no effect: the descriptor still refers to the folder.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from enum import Enum
from operator import itemgetter
from stat import S_ISDIR, S_ISLNK, S_ISREG

from generator.errors import ConfigError
from generator.system.files import refusals, watching


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
"""Without O_NONBLOCK, opening a fifo would hang."""
_OWN = getattr(os, "O_NOFOLLOW", 0)
_ROOT = _READ | getattr(os, "O_DIRECTORY", 0)
_FOLDER = _ROOT | _OWN
_REPLACED = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EMLINK})
"""What opening a folder says when something else has taken its place; BSD says EMLINK for a link."""
_NEW = os.O_WRONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | _OWN


def parts_of(path: str) -> list[str]:
    """Return the names on the way to a path; raises UnreadableFileError if the path is not below the root."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts or "\\" in path or "\0" in path:
        raise refusals.goes_up()
    return parts


def enter(root: str, parts: Sequence[str], *, make: bool = False) -> int:
    """Return the descriptor of a folder by the names on the way to it; `make` creates missing folders."""
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
    """Return the descriptor of a folder that was listed before; None unless it is still a directory."""
    try:
        return os.open(name, _FOLDER, dir_fd=at)
    except OSError as error:
        # The error says what stood there when it was opened; a second look may find the folder in its place again.
        if error.errno in _REPLACED or kind_of(at, name) is not Kind.FOLDER:
            return None
        raise ConfigError(f"the directory {path} cannot be read: {error.strerror or error}", "check its permissions") from None


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
    """Return the descriptor of a file to read; raises OSError, also for a link."""
    return os.open(name, _READ | _OWN, dir_fd=at)


def open_new(at: int, name: str, how: int, mode: int = 0o666) -> int:
    """Return the descriptor of a file to write; raises OSError, also for a link."""
    return os.open(name, _NEW | how, mode, dir_fd=at)


def read(descriptor: int, limit: int) -> bytes:
    """Return the bytes of an open file, reading at most `limit` + 1 of them; raises UnreadableFileError."""
    try:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            raise refusals.is_directory() if S_ISDIR(status.st_mode) else refusals.not_regular()
        if status.st_size > limit:
            raise refusals.too_large(status.st_size, limit)
        data = os.read(descriptor, status.st_size + 1)
        if len(data) == status.st_size:
            return data
        while more := os.read(descriptor, limit + 1 - len(data)):  # it grows, or it has no size, as in /proc
            data += more
        if len(data) > limit:
            raise refusals.too_large(len(data), limit, grows=True)
        if data and not os.fstat(descriptor).st_size:  # a file of /proc
            raise refusals.not_regular()
    except OSError as error:
        raise refusals.reason(error) from None
    return data


def read_followed(path: str, limit: int) -> bytes:
    """Return the bytes of a file that the user named, with links followed; raises UnreadableFileError."""
    watching.spoil()
    try:
        descriptor = os.open(path, _READ)
    except OSError as error:
        raise refusals.reason(error) from None
    try:
        return read(descriptor, limit)
    finally:
        os.close(descriptor)


def read_head(at: int, name: str, size: int) -> bytes:
    """Return the first bytes of a regular file in a folder; none of anything else."""
    try:
        descriptor = open_file(at, name)
    except OSError:
        return b""
    try:
        return os.read(descriptor, size) if S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def listed(at: int, *, reverse: bool = False) -> list[tuple[str, Kind]]:
    """Return the entries of a folder, sorted by name; links are not followed."""
    found = []
    file, folder = Kind.FILE, Kind.FOLDER
    with os.scandir(at) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                kind = file
            elif entry.is_dir(follow_symlinks=False):
                kind = folder
            else:
                kind = Kind.LINK if entry.is_symlink() else Kind.OTHER
            found.append((entry.name, kind))
    found.sort(key=itemgetter(0), reverse=reverse)
    return found
