"""The states of files and folders: one with the same state was not changed. It imports next to nothing, for it is asked first."""

from __future__ import annotations

import os
from stat import S_ISDIR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

State = tuple[int, int, int, int, int, int]
"""Mode, size, time of modification and of change in nanoseconds, number and device of a file or folder."""
NO_STATE: State = (0, 0, 0, 0, 0, 0)
"""The state of nothing: never that of a file."""
FIELDS = len(NO_STATE)
GRANULE = 2_000_000_000
"""Nanoseconds within which a file may change again without another time: some file systems count in two seconds."""
_POSITIVE = (1 << 63) - 1
"""The largest number that is kept. As a time, it is in the year 2262; later ones are never trusted."""
_MODIFIED, _CHANGED = 2, 3


def state_of(status: os.stat_result) -> State:
    """Return the state of a file or folder, in numbers of 63 bits."""
    number, device = status.st_ino & _POSITIVE, status.st_dev & _POSITIVE
    modified, changed = min(status.st_mtime_ns, _POSITIVE), min(status.st_ctime_ns, _POSITIVE)
    return status.st_mode, status.st_size, modified, changed, number, device


def states(paths: Iterable[str]) -> list[int]:
    """Return the states of what is at paths, no link followed, one after the other; NO_STATE for nothing."""
    found: list[int] = []
    add, look, most = found.extend, os.lstat, _POSITIVE
    for path in paths:  # for each generated file of a workspace
        try:
            is_ = look(path)
        except (OSError, ValueError):
            add(NO_STATE)
        else:
            modified, changed = is_.st_mtime_ns, is_.st_ctime_ns
            modified, changed = min(most, modified), min(most, changed)
            add((is_.st_mode, is_.st_size, modified, changed, is_.st_ino & most, is_.st_dev & most))
    return found


def state_in(states: Sequence[int], row: int) -> State:
    """Return one of the states that lie next to each other."""
    mode, size, modified, changed, number, device = states[row * FIELDS : (row + 1) * FIELDS]
    return mode, size, modified, changed, number, device


def is_folder(state: State) -> bool:
    """Tell whether it is the state of a folder."""
    return S_ISDIR(state[0])


def is_read_only(folder: str) -> bool:
    """Tell whether a folder is on a read-only file system: as a whole, another image can be mounted in its place.

    All files of an image can have the states that those of another one had.
    """
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def is_settled(state: State, moment: int) -> bool:
    """Tell whether it is the state of something that cannot have changed since a moment, in nanoseconds, without another state."""
    return state != NO_STATE and max(state[_MODIFIED], state[_CHANGED]) < moment - GRANULE


def trusted(state: State, moment: int) -> State:
    """Return a state if it is settled; that of nothing otherwise, with which something is looked at again."""
    return state if is_settled(state, moment) else NO_STATE


def digest(content: bytes) -> bytes:
    """Return what stands for a content."""
    from _blake2 import blake2b  # hashlib would load OpenSSL

    return blake2b(content, digest_size=16).digest()


def digest_of(words: Iterable[str]) -> bytes:
    """Return what stands for some words."""
    return digest("\0".join(words).encode("utf-8", "surrogateescape"))


def packed(numbers: Sequence[int]) -> bytes:
    """Return states as bytes."""
    from struct import pack  # an array would be as short, and import ten times as much

    return pack(f"<{len(numbers)}q", *numbers)
