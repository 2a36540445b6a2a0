"""Whether the files of a workspace are still those that were looked at."""

from __future__ import annotations

import os
from hashlib import blake2b

from generator.stage import PREFIX

_SKIPPED = (".git", ".venv", "node_modules", "__pycache__")


def stamp(root: str, output: str = "", skipped: frozenset[str] = frozenset()) -> bytes:
    """Return what changes whenever a file below the root is written, added or removed, or a commit is made.

    `output` is another folder that counts; `skipped` are paths that do not.
    """
    digest = blake2b(digest_size=16)
    for folder in [root, *([output] if output else [])]:
        for path in _files(folder, skipped):
            digest.update(path)
    for name in ("HEAD", "logs/HEAD", "index"):
        digest.update(_state(os.path.join(root, ".git", name)))
    return digest.digest()


def _files(folder: str, skipped: frozenset[str]) -> list[bytes]:
    """Return the path, the time and the size of every file below a folder; links are not followed."""
    found, left = [], [folder]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    if entry.name in _SKIPPED or entry.name.startswith(PREFIX) or entry.path in skipped:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
                    else:
                        status = entry.stat(follow_symlinks=False)
                        found.append(f"{entry.path}\0{status.st_mtime_ns}\0{status.st_size}\0".encode(errors="surrogateescape"))
        except OSError:  # it has just gone away, which the next look tells
            continue
    return sorted(found)


def _state(path: str) -> bytes:
    try:
        status = os.stat(path)
    except OSError:
        return b"-"
    return f"{status.st_mtime_ns} {status.st_size}".encode()
