"""Put changes on disk: everything is staged before anything is replaced, and nothing that changed meanwhile is lost.

A full disk or a file that cannot be written stops the run while it stages, when nothing has changed
yet. Nothing is written through a symbolic link, and nothing over what somebody else has just written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from stat import S_ISDIR, S_ISLNK, S_ISREG

from generator import journal
from generator.compare import Change
from generator.disk import UnreadableFileError, read_bytes
from generator.errors import ChangedError
from generator.journal import Plan, WriteError

_DURABLE = 64
"""Up to so many files the disk is waited for; more are generated, and can be generated again."""


def apply(root: str, output: str, changes: Sequence[Change], *, seconds: float = 0) -> None:
    """Write what is wanted and remove what is stale; raises WriteError or RefusedError before anything has changed.

    `seconds` is how long to wait for another run that is writing.
    """
    durable = sum(change.wanted is not None for change in changes) <= _DURABLE
    _apply(root, output, changes, seconds, durable=durable)


def apply_as_made(root: str, output: str, changes: Iterable[Change]) -> None:
    """Do the same with changes of which each is staged as soon as it is made, so that they need not all be in memory."""
    _apply(root, output, changes, 0, durable=False)


def _apply(root: str, output: str, changes: Iterable[Change], seconds: float, *, durable: bool) -> None:
    removals: list[str] = []
    folders: set[str] = set()

    def contents() -> Iterator[tuple[str, bytes]]:
        for change in changes:
            _check_way(root, change.path, folders)
            _check_unchanged(root, change)
            if change.wanted is None:
                removals.append(change.path)
            else:
                yield change.path, change.wanted

    with journal.held(root, output, seconds) as stage:
        journal.recover(root, output, stage)
        staged = journal.stage_all(stage, contents(), durable=durable)
        journal.commit(root, output, stage, Plan(staged, removals), durable=durable)


def complete(root: str, output: str, seconds: float = 0) -> list[str]:
    """Complete what an interrupted run had begun, and clear what it left; return the paths that were still to be done.

    `seconds` is how long to wait for a run that is writing just now.
    """
    with journal.held(root, output, seconds) as stage:
        return journal.recover(root, output, stage)


def _check_unchanged(root: str, change: Change) -> None:
    """Refuse to replace a file that is not any more what this run has read."""
    path = os.path.join(root, change.path)
    try:
        now = read_bytes(path, follow=False) if change.found is not None or os.path.lexists(path) else None
    except UnreadableFileError:
        now = None
    if now != change.found:
        raise ChangedError(change.path)


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
