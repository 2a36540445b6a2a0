"""Write changes to disk: everything is staged before anything is replaced, and concurrent edits are not lost.

A full disk or an unwritable file stops the run while staging, before anything has changed. Nothing is
written through a symbolic link, or over a file that another process has just written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from generator.errors import ChangedError
from generator.system.disk import UnreadableFileError, read_bytes
from generator.system.transaction import desk, journal, stage
from generator.system.transaction.journal import Plan
from generator.system.transaction.targets import Area, WriteError, check_way

if TYPE_CHECKING:
    from generator.pipeline.drift import Change

__all__ = ["Area", "WriteError", "apply", "apply_as_made", "apply_each", "complete"]

_DURABLE = 64
"""Up to this number of files are synced to disk; more are generated files, which can be generated again."""


def apply(area: Area, changes: Sequence[Change], *, seconds: float = 0) -> None:
    """Write wanted files and remove stale ones; raises WriteError or RefusedError before anything has changed.

    `seconds` is how long to wait for another process that is writing.
    """
    durable = sum(change.wanted is not None for change in changes) <= _DURABLE
    _apply(area, changes, seconds, durable=durable)


def apply_as_made(area: Area, changes: Iterable[Change]) -> None:
    """Like `apply`, but stage each change as soon as it is made, so that they need not all be in memory."""
    _apply(area, changes, 0, durable=False)


def apply_each(area: Area, changes: Sequence[Change]) -> None:
    """Like `apply`, for any files of the workspace: if the run is killed, each file has its old or its new content."""
    _apply(area, changes, 0, durable=True, together=False)


def _apply(area: Area, changes: Iterable[Change], seconds: float, *, durable: bool, together: bool = True) -> None:
    removals: list[str] = []
    folders: set[str] = set()

    def contents() -> Iterator[tuple[str, bytes, os.stat_result | None]]:
        for change in changes:
            if together:
                _check_place(area, change.path)
            status = check_way(area.root, change.path, folders)
            _check_unchanged(area.root, change)
            if change.wanted is None:
                removals.append(change.path)
            else:
                yield change.path, change.wanted, status

    with stage.held(area, seconds) as ours:
        journal.recover(area, ours)
        check_way(area.root, f"{area.output}/{stage.PREFIX}", folders)  # the output folder itself may be a link
        try:
            place = stage.new(area, ours)
        except OSError as error:
            raise stage.given_up(os.path.join(area.root, area.output), error) from None
        with place:
            staged = journal.stage_all(place, contents(), durable=durable)
            journal.commit(area, ours, place, Plan(staged, removals), durable=durable, together=together)


def complete(area: Area, seconds: float = 0) -> list[str]:
    """Complete an interrupted run, and remove its stage; return the paths that were still to be written.

    `seconds` is how long to wait for another process that is writing.
    """
    done = []
    for spot in desk.spots(area):
        found = desk.opened(spot)
        if found is not None:
            found.close()
            with stage.held(area, seconds, spot) as ours:
                done += journal.recover(area, ours)
    return done


def _check_place(area: Area, path: str) -> None:
    """Refuse a path that recovery after an interruption would not accept."""
    objection = area.objection(path)
    if objection:
        raise WriteError(f"{path} {objection}; nothing was changed", "rename or move it")


def _check_unchanged(root: str, change: Change) -> None:
    """Refuse to replace a file that has changed since this run read it."""
    path = os.path.join(root, change.path)
    try:
        now = read_bytes(path, follow=False) if change.found is not None or os.path.lexists(path) else None
    except UnreadableFileError:
        now = None
    if now != change.found:
        raise ChangedError(change.path)
