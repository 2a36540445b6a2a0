"""The states of files, by which a change shows: no file is opened, and no link is followed."""

from __future__ import annotations

import os
from collections.abc import Collection

from generator.system.states import packed, state_of, states


def below(folder: str, names: Collection[str], prefix: str) -> list[bytes]:
    """Return the path and the state of every file below a folder, sorted; some names, and names with a prefix, are left out."""
    found, left = [], [folder]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    if entry.name in names or entry.name.startswith(prefix):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
                    else:
                        state = state_of(entry.stat(follow_symlinks=False))
                        found.append(entry.path.encode(errors="surrogateescape") + b"\0" + packed(state))
        except OSError:  # it was removed, which the next look reports
            continue
    return sorted(found)


def of(path: str) -> bytes:
    """Return the state of a file."""
    return packed(states([path]))
