"""The stage: the folder in which new files wait to be moved into their places, and the lock on writing at all.

One run at a time holds the desk of an area, by the kernel's lock. The stage is a folder of the desk, if
files can be moved from there into the output. If they cannot (the desk is on another file system, which
a rename does not cross), the stage is a new folder in the output, under a random name, which
the desk knows before the folder is made. A stage in the tree that the desk does not know is never obeyed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from generator.system.transaction import desk
from generator.system.transaction.folders import Folder
from generator.system.transaction.targets import Area, WriteError

PREFIX = ".tiphys-"
"""Prefixes of stage names in an output, those of earlier versions included."""

JOURNAL = "journal"
_HOLDER = "holder"
_STAGED = "staged"
_ELSEWHERE = re.compile(r"at-([0-9a-f]{32})\Z")
"""An entry of the desk with the name of a stage in the output."""
_STAGED_FILE = re.compile(r"(0|[1-9][0-9]{0,8})\Z", re.ASCII)
_PATIENCE = 0.05
"""Seconds between two tries to get the lock."""


@contextmanager
def held(area: Area, seconds: float = 0, spot: desk.Spot | None = None) -> Iterator[Folder]:
    """Hold the desk of an area, which one run at a time may use, and yield it; raises WriteError when another one does.

    The lock is the kernel's, on the folder itself: it ends with the process that holds it, however that
    ends, so that nothing stale is ever in the way. `seconds` is how long to wait for it. Unless a run has
    left a journal, nothing of the desk stays.
    """
    folder = _hold(area, seconds, spot)
    try:
        _sign(folder)
        yield folder
    finally:
        with suppress(OSError):
            _leave(area, folder)
        folder.close()


def _sign(folder: Folder) -> None:
    try:
        folder.remove(_HOLDER)
        folder.write(_HOLDER, str(os.getpid()).encode("ascii"))
    except OSError as error:
        raise given_up(folder.path, error) from None


def given_up(path: str, error: OSError) -> WriteError:
    """Return the error for an attempt that left nothing behind."""
    return WriteError(
        f"cannot write below {path}: {error.strerror or error}; nothing was changed",
        "free some space, or check the permissions",
    )


def _hold(area: Area, seconds: float, spot: desk.Spot | None) -> Folder:
    import time

    until = time.monotonic() + seconds
    while True:
        folder = (desk.opened(spot) if spot else None) or desk.made(area)
        if _is_locked(folder):
            if folder.is_there():
                return folder
        elif time.monotonic() >= until:
            who = _process(folder)
            folder.close()
            raise WriteError(
                f"another run of tiphys{who} is writing here; nothing was changed", "wait for it to finish, then run it again"
            )
        else:
            time.sleep(_PATIENCE)
        folder.close()


def _is_locked(folder: Folder) -> bool:
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return True
    try:
        folder.lock(fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _process(folder: Folder) -> str:
    try:
        return f" (process {int(folder.read(_HOLDER, 20))})"
    except (OSError, ValueError):
        return ""


def _leave(area: Area, folder: Folder) -> None:
    """Remove what a run leaves behind, here or at the desk of one that was killed while it staged; keep a journal and its files."""
    folder.remove(_HOLDER)
    if folder.status(JOURNAL) is not None:
        return
    clear(area, folder)
    above, name = os.path.split(folder.path)
    with Folder.at(above) as desks:
        desks.remove_folder(name)
    os.rmdir(above)


def clear(area: Area, folder: Folder) -> None:
    """Remove every staged file and every stage that the desk knows; raises OSError."""
    folder.remove(f"{JOURNAL}.new")
    _empty(folder, _STAGED)
    for entry in folder.names():
        found = _ELSEWHERE.match(entry)
        if found:
            with suppress(OSError), _output(area) as output:
                _empty(output, PREFIX + found[1])
            folder.remove(entry)


def _empty(parent: Folder, name: str) -> None:
    """Remove a stage, with only its staged files; one that contains anything else is kept and ignored."""
    with suppress(OSError), parent.folder(name) as stage:
        for entry in filter(is_staged_name, stage.names()):
            stage.remove(entry)
        parent.remove_folder(name)


def new(area: Area, folder: Folder) -> Folder:
    """Return a new, empty stage; raises OSError or WriteError."""
    clear(area, folder)
    with _output(area, nearest=True) as output, Folder.at(area.root) as root:
        if folder.reaches(output) and folder.reaches(root):
            return desk.entered(folder, _STAGED, make=True)
    with _output(area, make=True) as output:
        token = os.urandom(16).hex()
        folder.write(f"at-{token}", b"")
        if not output.make(PREFIX + token, 0o700):
            raise FileExistsError(f"{PREFIX}{token} exists already")
        return output.folder(PREFIX + token)


def left(area: Area, folder: Folder) -> Folder | None:
    """Return the stage that an interrupted run has left, by what the desk says; None if it is gone. Raises OSError or WriteError."""
    if folder.status(_STAGED) is not None:
        return desk.entered(folder, _STAGED)
    for name in known(folder):
        with suppress(FileNotFoundError), _output(area) as output:
            return desk.entered(output, name)
    return None


def known(folder: Folder) -> list[str]:
    """Return the names of the stages in the output that a desk knows."""
    return [PREFIX + found[1] for entry in folder.names() if (found := _ELSEWHERE.match(entry))]


def _output(area: Area, *, make: bool = False, nearest: bool = False) -> Folder:
    """Return the output, through real folders alone; with `nearest`, as much of the way as there is. Raises OSError."""
    parts = area.output.split("/")
    with Folder.at(area.root) as root:
        while True:
            try:
                return root.below(parts, make=make)
            except FileNotFoundError:
                if not nearest or not parts:
                    raise
                parts = parts[:-1]


def is_staged_name(name: object) -> bool:
    """Tell whether something is the name of a staged file."""
    return isinstance(name, str) and _STAGED_FILE.match(name) is not None


def strangers(area: Area) -> list[str]:
    """Return the paths of stages in the output that no desk of this user knows: a pull request can have brought them."""
    found = _stages_in(area)
    if not found:
        return []
    mine: set[str] = set()
    for spot in desk.spots(area):
        folder = desk.opened(spot)
        if folder is not None:
            with folder:
                mine.update(known(folder))
    again = _stages_in(area)  # that of a run which has just ended is gone
    return [f"{area.output}/{name}" for name in found if name not in mine and name in again]


def _stages_in(area: Area) -> list[str]:
    try:
        with _output(area) as output:
            return [name for name in output.names() if name.startswith(PREFIX)]
    except OSError:
        return []
