"""Modification times and sizes of files: no file is opened, and no link is followed."""

from __future__ import annotations

import os
from collections.abc import Collection


def below(folder: str, names: Collection[str], paths: Collection[str]) -> list[bytes]:
    """Return the path, time and size of every file below a folder, sorted, except for some names and paths."""
    found, left = [], [folder]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    if entry.name in names or entry.path in paths:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
                    else:
                        status = entry.stat(follow_symlinks=False)
                        found.append(f"{entry.path}\0{status.st_mtime_ns}\0{status.st_size}\0".encode(errors="surrogateescape"))
        except OSError:  # it was removed, which the next look reports
            continue
    return sorted(found)


def of(path: str) -> bytes:
    """Return the time and size of a file."""
    try:
        status = os.stat(path)
    except OSError:
        return b"-"
    return f"{status.st_mtime_ns} {status.st_size}".encode()
