"""Put changes on disk: everything is staged before anything is replaced.

A full disk or a file that cannot be written stops the run while it stages, when nothing has changed
yet. Each file is then replaced in one step by a rename. Nothing is written through a symbolic link.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from stat import S_ISDIR, S_ISLNK, S_ISREG

from generator.compare import Change
from generator.errors import MooringError

STAGE = ".mooring-stage"


class WriteError(MooringError):
    """The disk said no; nothing was changed unless the message says so."""


def apply(root: str, output: str, changes: Sequence[Change]) -> None:
    """Write what is wanted and remove what is stale; raises WriteError before anything has changed."""
    writes = [change for change in changes if change.wanted is not None]
    removals = [change for change in changes if change.wanted is None]
    folders: set[str] = set()
    for change in changes:
        _check_way(root, change.path, folders)
    stage = os.path.join(root, output, STAGE)
    with _locked(stage):
        staged = _stage(stage, writes)
        _replace(root, staged, [change.path for change in removals], output)


@contextmanager
def _locked(stage: str) -> Iterator[None]:
    """Hold the stage, which one run at a time may use; raises WriteError when another one does.

    The lock is the kernel's, on the folder itself: it ends with the process that holds it, however that
    ends, so that nothing stale is ever in the way.
    """
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        os.makedirs(stage, exist_ok=True)
        yield
        os.rmdir(stage)
        return
    descriptor = _hold(stage, fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield
    finally:
        with suppress(OSError):
            os.rmdir(stage)
        os.close(descriptor)


def _hold(stage: str, lock: Callable[[int, int], None], how: int) -> int:
    for _ in range(3):
        try:
            os.makedirs(stage, exist_ok=True)
            descriptor = os.open(stage, os.O_RDONLY)
        except FileNotFoundError:  # another run has just finished with it
            continue
        except OSError as error:
            raise WriteError(
                f"cannot write below {stage}: {error.strerror or error}; nothing was changed", "check the permissions"
            ) from None
        try:
            lock(descriptor, how)
        except OSError:
            os.close(descriptor)
            break
        if os.path.isdir(stage) and os.path.samestat(os.fstat(descriptor), os.stat(stage)):
            return descriptor
        os.close(descriptor)
    raise WriteError("another run of mooring is writing here; nothing was changed", "wait for it, and run this again")


def _stage(stage: str, writes: Sequence[Change]) -> list[tuple[str, str]]:
    """Return (staged file, target path) of every write, with all content on disk."""
    staged: list[tuple[str, str]] = []
    try:
        for left_over in os.listdir(stage):  # of a run that was killed while it staged
            os.unlink(os.path.join(stage, left_over))
        for number, change in enumerate(writes):
            path = os.path.join(stage, str(number))
            staged.append((path, change.path))
            _write(path, change.wanted or b"")
    except OSError as error:
        _forget(staged)
        raise WriteError(
            f"cannot write below {stage}: {error.strerror or error}; nothing was changed",
            "free some space, or check the permissions",
        ) from None
    return staged


def _write(path: str, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        view = memoryview(content)
        while view:  # a nearly full disk takes a part
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)


def _forget(staged: Sequence[tuple[str, str]]) -> None:
    for path, _ in staged:
        if os.path.lexists(path):
            os.unlink(path)


def _replace(root: str, staged: Sequence[tuple[str, str]], removals: Sequence[str], output: str) -> None:
    made: set[str] = set()
    done = 0
    try:
        for path, target in staged:
            folder = os.path.dirname(os.path.join(root, target))
            if folder not in made:
                os.makedirs(folder, exist_ok=True)
                made.add(folder)
            os.replace(path, os.path.join(root, target))
            done += 1
        for target in removals:
            os.unlink(os.path.join(root, target))
            _prune_folders(root, target, output)
            done += 1
    except OSError as error:
        total = len(staged) + len(removals)
        raise WriteError(
            f"{error.filename2 or error.filename}: {error.strerror}; {done} of {total} files were replaced before that",
            "repair the cause and run `mooring generate` again: it completes the rest",
        ) from None


def _prune_folders(root: str, target: str, output: str) -> None:
    """Remove the folders that a removal has left empty, up to the output itself."""
    folder = os.path.dirname(target)
    while folder.startswith(f"{output}/"):
        try:
            os.rmdir(os.path.join(root, folder))
        except OSError:
            return
        folder = os.path.dirname(folder)


def _check_way(root: str, path: str, folders: set[str]) -> None:
    """Refuse a target that is no regular file of ours, or that is reached through a link.

    `folders` are the ones that were looked at before, and are in order.
    """
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        part = "/".join(parts[:depth])
        if part in folders:
            continue
        try:
            status = os.lstat(os.path.join(root, part))
        except FileNotFoundError:
            return
        if S_ISLNK(status.st_mode):
            raise WriteError(
                f"{part} is a symbolic link; nothing was changed", "generated files are never written through links: remove it"
            )
        if depth == len(parts):
            if not S_ISREG(status.st_mode):
                raise WriteError(f"{part} is in the way: it is no regular file; nothing was changed", "move it away")
            if status.st_nlink > 1:
                raise WriteError(f"{part} has more than one hard link; nothing was changed", "remove it, and generate it anew")
        elif not S_ISDIR(status.st_mode):
            raise WriteError(f"{part} is in the way: it is no folder; nothing was changed", "move it away")
        else:
            folders.add(part)
