"""Folders held by their descriptors: a directory that replaces one later is not touched, and no link is followed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from stat import S_IMODE, S_ISDIR, S_ISFIFO, S_ISLNK, S_ISREG
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Self

_BY_DESCRIPTOR = {os.open, os.mkdir, os.unlink, os.rmdir, os.rename, os.stat} <= os.supports_dir_fd
"""False on systems that know folders by path alone."""
_CLOSED = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NOT_THROUGH_LINKS = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _CLOSED
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _NOT_THROUGH_LINKS | _CLOSED
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOT_THROUGH_LINKS | _CLOSED
_NEW = 0o644
"""The mode of a new file, less the umask."""


class Folder:
    """A folder, by the path that it was opened at, and by its descriptor."""

    __slots__ = ("_descriptor", "path")

    def __init__(self, path: str, descriptor: int | None) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def at(cls, path: str) -> Folder:
        """Return the folder at a path of the user's own, which may lead through links; raises OSError."""
        if _BY_DESCRIPTOR:
            return cls(path, os.open(path, _FOLDER))
        os.listdir(path)
        return cls(path, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _at(self, name: str) -> tuple[str, dict[str, Any]]:
        """Return how to call an entry of the folder."""
        return (os.path.join(self.path, name), {}) if self._descriptor is None else (name, {"dir_fd": self._descriptor})

    def folder(self, name: str) -> Folder:
        """Return a subdirectory; raises NotADirectoryError for a link, or another OSError."""
        path = os.path.join(self.path, name)
        if self._descriptor is not None:
            return Folder(path, os.open(name, _FOLDER | _NOT_THROUGH_LINKS, dir_fd=self._descriptor))
        if not S_ISDIR(os.lstat(path).st_mode):
            raise NotADirectoryError(f"{path} is not a directory")
        return Folder(path, None)

    def make(self, name: str, mode: int = 0o777) -> bool:
        """Make a folder in it, less the umask; tell whether it was not there. Raises OSError."""
        called, how = self._at(name)
        try:
            os.mkdir(called, mode, **how)
        except FileExistsError:
            return False
        return True

    def below(self, names: Sequence[str], *, make: bool = False) -> Folder:
        """Return the folder at the end of a way through real folders alone, made where it is missing; raises OSError."""
        here = self
        for name in names:
            try:
                there = here._opened_or_made(name) if make else here.folder(name)
            finally:
                if here is not self:
                    here.close()
            here = there
        return here if here is not self else Folder(self.path, None if self._descriptor is None else os.dup(self._descriptor))

    def _opened_or_made(self, name: str) -> Folder:
        try:
            return self.folder(name)
        except FileNotFoundError:
            self.make(name)
            return self.folder(name)

    def own_status(self) -> os.stat_result:
        """Return the status of the folder itself, as it is held."""
        return os.lstat(self.path) if self._descriptor is None else os.fstat(self._descriptor)

    def is_there(self) -> bool:
        """Tell whether its path still leads to it."""
        try:
            return os.path.samestat(self.own_status(), os.lstat(self.path))
        except OSError:
            return False

    def lock(self, how: int) -> None:
        """Ask the kernel for its lock, which ends with the process that has it; raises OSError."""
        import fcntl

        if self._descriptor is not None:
            fcntl.flock(self._descriptor, how)

    def names(self) -> list[str]:
        """Return the names of its entries, sorted; raises OSError."""
        return sorted(os.listdir(self.path if self._descriptor is None else self._descriptor))

    def status(self, name: str) -> os.stat_result | None:
        """Return the status of an entry, of a link its own; None if it is not there. Raises OSError."""
        called, how = self._at(name)
        try:
            return os.stat(called, follow_symlinks=False, **how)
        except FileNotFoundError:
            return None

    def read(self, name: str, most: int) -> bytes:
        """Return at most this many bytes of a regular file; raises OSError, ValueError for what is not one."""
        called, how = self._at(name)
        descriptor = os.open(called, _READ, **how)
        with os.fdopen(descriptor, "rb") as file:
            if not S_ISREG(os.fstat(descriptor).st_mode):
                raise ValueError("it is not a regular file")
            return file.read(most)

    def write(self, name: str, content: bytes, *, mode: int | None = None, durable: bool = False) -> None:
        """Write a file that is not there yet, with the mode of a new one unless another is given; raises OSError."""
        called, how = self._at(name)
        descriptor = os.open(called, _WRITE, _NEW if mode is None else 0o600, **how)
        try:
            view = memoryview(content)
            while view:  # a nearly full disk takes a part
                view = view[os.write(descriptor, view) :]
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(descriptor, mode)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def take_over(self, name: str, mode: int | None) -> str:
        """Give a file the mode that it is to have; return the problem instead, if it is not this user's own file."""
        called, how = self._at(name)
        descriptor = os.open(called, _READ, **how)
        try:
            status = os.fstat(descriptor)
            if not S_ISREG(status.st_mode):
                return "is not a regular file"
            if not is_ours(status):
                return "belongs to another user"
            if status.st_nlink > 1:
                return "has more than one hard link"
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, _NEW & ~_umask() if mode is None else mode)
            return ""
        finally:
            os.close(descriptor)

    def remove(self, name: str) -> None:
        """Remove a file or a link; one that is not there is removed. Raises OSError."""
        called, how = self._at(name)
        try:
            os.unlink(called, **how)
        except FileNotFoundError:
            return

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder; raises OSError."""
        called, how = self._at(name)
        os.rmdir(called, **how)

    def move(self, name: str, target: Folder, new: str) -> None:
        """Replace an entry with another one atomically; raises OSError."""
        one, other = self._at(name), target._at(new)
        ways = {f"{side}_dir_fd": way["dir_fd"] for side, (_, way) in (("src", one), ("dst", other)) if way}
        os.replace(one[0], other[0], **ways)

    def reaches(self, other: Folder) -> bool:
        """Tell whether a file of this folder can be moved into another one: both are in one mount of one file system.

        The kernel compares the mounts before it looks for the file, so this moves nothing.
        """
        if self.own_status().st_dev != other.own_status().st_dev:
            return False
        try:
            self.move(_NOWHERE, other, _NOWHERE)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True


_NOWHERE = ".tiphys-nothing"


def is_ours(status: os.stat_result) -> bool:
    """Tell whether something belongs to this user."""
    return not hasattr(os, "geteuid") or status.st_uid == os.geteuid()


def plain_mode(status: os.stat_result) -> int:
    """Return the permissions of a file, without the setuid and setgid bits."""
    return S_IMODE(status.st_mode) & 0o777


def kind_of(status: os.stat_result) -> str:
    """Return what something is, in words."""
    kinds = ((S_ISLNK, "a symbolic link"), (S_ISDIR, "a directory"), (S_ISREG, "a file"), (S_ISFIFO, "a fifo"))
    return next((words for matches, words in kinds if matches(status.st_mode)), "a device or a socket")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
