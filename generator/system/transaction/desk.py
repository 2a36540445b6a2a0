"""The user's own directory for the journal of a run, which no other user can write to.

Whatever lies in a working tree may have come with a pull request, so nothing there is ever taken for the
notes of an interrupted run. The desk is below the Git directory of the repository that is written to, as
Git refuses every path with a component `.git`; the notes move along with a repository that is moved.
If that directory does not exist, or it belongs to another user or cannot be written, the desk is in the
user's cache, and where that cannot be written either, in the folder for temporary files: under a name made
of the real path of the workspace, and never inside of the repository.

Git itself is not asked, as it would read a configuration first. A `.git` that is a link is not believed;
one that is a file (of a linked working tree, or of a submodule) is, if it leads out of every working tree.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from stat import S_IMODE, S_ISDIR, S_ISREG

from generator.syntax.named_tuples import NamedTuple
from generator.system.transaction.folders import Folder, is_ours, kind_of
from generator.system.transaction.targets import Area, WriteError
from generator.system.upwards import holding, upwards

_GIT = ".git"
_MOST = 4096
"""Bytes of a `.git` file; a path is not longer."""


class Spot(NamedTuple):
    """Where a desk can be."""

    base: str
    """A folder that is trusted because of where it is."""
    folder: str
    """The folder of all desks below it."""
    subject: str
    """What is written to, as it is told apart from others below the same base."""
    shared: bool = False
    """Whether other users can put things into the base."""

    @property
    def name(self) -> str:
        """The name of the desk, in the folder of all desks."""
        from _blake2 import blake2b  # hashlib would load OpenSSL for this one name

        return blake2b(os.fsencode(self.subject), digest_size=16).hexdigest()

    @property
    def path(self) -> str:
        """The path of the desk."""
        return os.path.join(self.base, self.folder, self.name)


def spots(area: Area) -> Iterator[Spot]:
    """Yield where the desk for an area can be, the best place first."""
    real = os.path.realpath(area.root)
    tops = [folder for folder in upwards(real) if holding(folder, _GIT)]
    git = _git_directory(tops[0]) if tops else ""
    if git:
        yield Spot(git, "tiphys", f"{os.path.relpath(real, tops[0])}\0{area.output}")
    outermost = tops[-1] if tops else os.path.realpath(area.tree or area.root)
    for spot in _elsewhere(f"{real}\0{area.output}"):
        if not _is_within(spot.base, outermost):
            yield spot


def _elsewhere(subject: str) -> Iterator[Spot]:
    """Yield where a desk can be that is not in the repository."""
    caches = (os.environ.get("XDG_CACHE_HOME") or "", os.path.join(os.path.expanduser("~"), ".cache"))
    for cache in filter(os.path.isabs, caches):  # the specification has it that others are ignored
        yield Spot(os.path.realpath(os.path.join(cache, "tiphys")), "runs", subject)
    temporary = os.environ.get("TMPDIR") or ""
    if not os.path.isabs(temporary):
        temporary = "/tmp"  # noqa: S108 - only a folder of our own in it is used
    user = os.geteuid() if hasattr(os, "geteuid") else "user"
    yield Spot(os.path.realpath(temporary), f"tiphys-{user}", subject, shared=True)


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _git_directory(top: str) -> str:
    """Return the Git directory of a working tree; empty if absent that can be trusted."""
    path = os.path.join(top, _GIT)
    try:
        status = os.lstat(path)
        if S_ISREG(status.st_mode) and is_ours(status):
            path = _pointed_to(top)
            status = os.lstat(path)
        if S_ISDIR(status.st_mode) and is_ours(status) and os.path.lexists(os.path.join(path, "HEAD")):
            return path
    except (OSError, ValueError):
        pass
    return ""


def _pointed_to(top: str) -> str:
    """Return the directory that a `.git` file names; raises ValueError where it is in a working tree, OSError if it cannot be read."""
    with Folder.at(top) as folder:
        word, _, rest = folder.read(_GIT, _MOST).partition(b": ")
    path = os.path.realpath(os.path.join(top, os.fsdecode(rest.rstrip(b"\r\n"))))
    if word != b"gitdir" or not rest:
        raise ValueError("it is not one of Git's files")
    for folder_above in upwards(path):
        below = os.path.relpath(path, folder_above).split(os.sep)
        if below[0] != _GIT and os.path.lexists(os.path.join(folder_above, _GIT)):
            raise ValueError("it is in a working tree, where a pull request can change it")
    return path


def opened(spot: Spot) -> Folder | None:
    """Return the desk at a spot; None if it does not exist, or this user cannot have it. Raises WriteError for an impostor."""
    if not os.path.lexists(os.path.join(spot.base, spot.folder)):
        return None
    try:
        return _opened(spot, make=False)
    except (FileNotFoundError, PermissionError, _UnusableError):
        return None
    except OSError as error:
        raise WriteError(
            f"{spot.path} cannot be read: {error.strerror}; nothing was changed", "check its permissions"
        ) from None


def made(area: Area) -> Folder:
    """Return the desk for an area, made where it is missing; raises WriteError."""
    tried = []
    for spot in spots(area):
        tried.append(spot.base)
        try:
            return _made(spot)
        except _UnusableError:
            continue
        except OSError as error:
            if error.errno not in _ELSEWHERE:
                raise WriteError(
                    f"cannot write below {spot.base}: {error.strerror or error}; nothing was changed",
                    "free some space, or check the permissions",
                ) from None
    raise WriteError(
        f"found no usable directory for the journal (tried {', '.join(tried) or 'none'}); nothing was changed",
        "set XDG_CACHE_HOME to a directory that you own, outside the repository",
    )


_ELSEWHERE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR, errno.ENOENT}
"""Error numbers of places where a desk cannot be created."""


def _made(spot: Spot) -> Folder:
    for folder in () if spot.shared else (os.path.dirname(spot.base), spot.base):  # no home is made
        if not os.path.isdir(folder):
            with suppress(FileExistsError):
                os.mkdir(folder, 0o700)
    for _ in range(100):
        try:
            return _opened(spot, make=True)
        except FileNotFoundError:  # another run has removed a folder just after it was made here
            continue
    raise _UnusableError


def _opened(spot: Spot, *, make: bool) -> Folder:
    with Folder.at(spot.base) as base:
        if not spot.shared and not is_ours(base.own_status()):
            raise _UnusableError
        try:
            all_desks = entered(base, spot.folder, make=make)
        except WriteError:
            if spot.shared:  # anybody can have put that there
                raise _UnusableError from None
            raise
        with all_desks:
            return entered(all_desks, spot.name, make=make)


class _UnusableError(OSError):
    """A base that is not this user's, or that cannot keep others out."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "other users could write to it")


def entered(parent: Folder, name: str, *, make: bool = False) -> Folder:
    """Return a folder that only this user can enter; raises WriteError for anything else in its place, or OSError."""
    new = make and parent.make(name, 0o700)
    path = os.path.join(parent.path, name)
    try:
        folder = parent.folder(name)
    except OSError as error:
        found = parent.status(name)
        if found is None or S_ISDIR(found.st_mode):
            raise error from None
        raise _impostor(path, f"is {kind_of(found)}") from None
    status = folder.own_status()
    if is_ours(status) and (not hasattr(os, "geteuid") or not S_IMODE(status.st_mode) & 0o077):
        return folder
    folder.close()
    if new:
        parent.remove_folder(name)
        raise _UnusableError
    raise _impostor(path, "is open to other users" if is_ours(status) else "belongs to another user")


def _impostor(path: str, what: str) -> WriteError:
    from shlex import quote

    return WriteError(
        f"{path} {what}, so Tiphys did not create it; nothing was changed",
        f"delete it: `rm -r {quote(path)}`",
    )
