"""Several files replaced as one: staged, written down, renamed, and completed by the next run if this one dies.

Everything is staged first. Then the journal says what is to be replaced by what, and only then is the
first file touched. Whoever finds a journal completes it, so that after a kill at any point every file is
as it was before or as it was wanted, and one more run makes all of them as wanted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from generator.errors import TiphysError

STAGE = ".tiphys-stage"
"""The folder below the output that everything is staged in; it is there only while somebody writes."""

_JOURNAL = "journal"
_HOLDER = "holder"
_PATIENCE = 0.05
"""Seconds between two tries to get the stage."""


class WriteError(TiphysError):
    """The disk said no; nothing was changed unless the message says so."""


class Plan(NamedTuple):
    """What is to be done, by paths relative to the root."""

    replace: Sequence[tuple[str, str]]
    """(name of the staged file, target) of every file that gets a new content."""
    remove: Sequence[str]


def is_pending(root: str, output: str) -> bool:
    """Tell whether a run was interrupted after it had begun to replace files."""
    return os.path.lexists(os.path.join(root, output, STAGE, _JOURNAL))


def is_left_over(root: str, output: str) -> bool:
    """Tell whether there is a stage, of a run that writes just now or of one that was killed."""
    return os.path.lexists(os.path.join(root, output, STAGE))


@contextmanager
def held(root: str, output: str, seconds: float = 0) -> Iterator[str]:
    """Hold the stage, which one run at a time may use, and yield its path; raises WriteError when another one does.

    The lock is the kernel's, on the folder itself: it ends with the process that holds it, however that
    ends, so that nothing stale is ever in the way. `seconds` is how long to wait for it.
    """
    stage = os.path.join(root, output, STAGE)
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        os.makedirs(stage, exist_ok=True)
        yield stage
        _leave(stage)
        return
    descriptor = _hold(stage, lambda folder: fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB), seconds)
    try:
        with suppress(OSError), open(os.path.join(stage, _HOLDER), "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
        yield stage
    finally:
        _leave(stage)
        os.close(descriptor)


def _leave(stage: str) -> None:
    with suppress(OSError):
        if not os.path.lexists(os.path.join(stage, _JOURNAL)):
            for entry in os.listdir(stage):  # our own, or those of a run that was killed while it staged
                os.unlink(os.path.join(stage, entry))
            os.rmdir(stage)


def _hold(stage: str, lock: Callable[[int], None], seconds: float) -> int:
    import time

    until = time.monotonic() + seconds
    while True:
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
            lock(descriptor)
            if os.path.isdir(stage) and os.path.samestat(os.fstat(descriptor), os.stat(stage)):
                return descriptor
        except OSError:
            if time.monotonic() >= until:
                os.close(descriptor)
                raise WriteError(
                    f"another run of tiphys{_process(stage)} is writing here; nothing was changed",
                    "wait for it, and run this again",
                ) from None
            time.sleep(_PATIENCE)
        os.close(descriptor)


def _process(stage: str) -> str:
    try:
        with open(os.path.join(stage, _HOLDER), encoding="ascii") as file:
            return f" (process {int(file.read(20))})"
    except (OSError, ValueError):
        return ""


def stage_all(stage: str, contents: Iterable[tuple[str, bytes]], *, durable: bool) -> list[tuple[str, str]]:
    """Return (staged name, target) of every (target, content), with all of them on disk; raises WriteError.

    `durable` waits until the disk itself has them, which is for what cannot be generated again.
    """
    staged: list[tuple[str, str]] = []
    try:
        for left_over in os.listdir(stage):  # of a run that was killed while it staged
            if left_over != _HOLDER:
                os.unlink(os.path.join(stage, left_over))
    except OSError as error:
        raise _given_up(stage, [], error) from None
    for number, (target, content) in enumerate(contents):
        staged.append((str(number), target))
        try:
            _write(os.path.join(stage, str(number)), content, durable=durable)
        except OSError as error:
            raise _given_up(stage, [name for name, _ in staged], error) from None
    return staged


def _given_up(stage: str, names: list[str], error: OSError) -> WriteError:
    """Return what to raise after an attempt of which nothing is to stay."""
    for name in names:
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(stage, name))
    return WriteError(
        f"cannot write below {stage}: {error.strerror or error}; nothing was changed",
        "free some space, or check the permissions",
    )


def _write(path: str, content: bytes, *, durable: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        view = memoryview(content)
        while view:  # a nearly full disk takes a part
            view = view[os.write(descriptor, view) :]
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def commit(root: str, output: str, stage: str, plan: Plan, *, durable: bool) -> None:
    """Write the plan down, then carry it out; raises WriteError.

    A plan of one file needs no journal: one rename is done or not done.
    """
    import json

    journal = os.path.join(stage, _JOURNAL)
    if len(plan.replace) + len(plan.remove) > 1:
        new = f"{journal}.new"
        try:
            _write(new, json.dumps([1, list(plan.replace), list(plan.remove)]).encode(), durable=durable)
            os.replace(new, journal)
        except OSError as error:
            raise _given_up(stage, [*(name for name, _ in plan.replace), f"{_JOURNAL}.new"], error) from None
    _carry_out(root, output, stage, plan)
    with suppress(FileNotFoundError):
        os.unlink(journal)


def recover(root: str, output: str, stage: str) -> list[str]:
    """Complete what an interrupted run had written down; return the paths that were still to be done."""
    journal = os.path.join(stage, _JOURNAL)
    if not os.path.lexists(journal):
        return []
    import json

    try:
        with open(journal, "rb") as file:
            _, replace, remove = json.loads(file.read())
    except (OSError, ValueError) as error:
        raise WriteError(f"{journal} cannot be read: {error}", "remove it, and run `tiphys generate`") from None
    left = [(name, target) for name, target in replace if os.path.lexists(os.path.join(stage, name))]
    gone = [target for target in remove if os.path.lexists(os.path.join(root, target))]
    _carry_out(root, output, stage, Plan(left, gone))
    os.unlink(journal)
    return [*(target for _, target in left), *gone]


def _carry_out(root: str, output: str, stage: str, plan: Plan) -> None:
    made: set[str] = set()
    done = 0
    try:
        for name, target in plan.replace:
            folder = os.path.dirname(os.path.join(root, target))
            if folder not in made:
                os.makedirs(folder, exist_ok=True)
                made.add(folder)
            os.replace(os.path.join(stage, name), os.path.join(root, target))
            done += 1
        for target in plan.remove:
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(root, target))
            _prune_folders(root, target, output)
            done += 1
    except OSError as error:
        total = len(plan.replace) + len(plan.remove)
        raise WriteError(
            f"{error.filename2 or error.filename}: {error.strerror}; {done} of {total} files were replaced before that",
            "repair the cause and run this again: it completes the rest",
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
