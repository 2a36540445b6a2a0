"""Runs that were killed between writing and committing: which edits they left, and which moves those were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from generator.errors import RefusedError
from generator.history.edits import Work, edits_of
from generator.history.fleet import Fleet
from generator.history.moves import Move


def edits_to_commit(fleet: Fleet, work: Work, wanted: Sequence[Move], *, force: bool) -> Work:
    """Return the work relative to the last commit; raises RefusedError if a commit would include unrelated changes.

    A run that was killed between writing and committing left the specs as it wanted them. Applying the same
    moves to the committed specs then gives exactly these bytes, and only the commit is left to do.
    """
    dirty, past = _committed(fleet, list(work.edited))
    if not dirty:
        return work
    specs = past.specs()
    again = Work({}, [])
    with suppress(RefusedError):  # the move may not be possible on the committed specs
        if specs.keys() >= {move.service for move in wanted}:
            again = edits_of(past, specs, wanted, force=force)
    for path in dirty:
        if path not in past.loader.overlay or path not in again.edited or again.edited[path].wanted != work.edited[path].found:
            raise RefusedError(
                f"{path} has uncommitted changes; nothing was written",
                "commit or stash them first, or leave out --commit",
            )
    return work._replace(told=again.told, written=dirty, carried=again.carried)


def begun(fleet: Fleet, moves_of: Callable[[Fleet], Sequence[Move]], *, force: bool) -> list[Move]:
    """Return the moves of a run that was killed before its commit: they turn the committed specs into those on disk.

    `moves_of` returns the pending moves of the specs as of the last commit.
    """
    paths = {name: spec.source.path for name, spec in fleet.specs().items()}
    dirty, past = _committed(fleet, list(paths.values()))
    if not dirty:
        return []
    specs, found = past.specs(), []
    for move in moves_of(past):
        if paths.get(move.service) in dirty:
            with suppress(RefusedError):
                edited = edits_of(past, specs, [move], force=force).edited
                if all(file.wanted == fleet.loader.raw(path) for path, file in edited.items()):
                    found.append(move)
    return found


def _committed(fleet: Fleet, paths: Sequence[str]) -> tuple[list[str], Fleet]:
    """Return the specs that differ from the last commit, and the fleet as of that commit."""
    from generator.system.git import commit as git_commit

    dirty = git_commit.uncommitted(fleet.root, paths) if paths else []
    if not dirty:
        return [], fleet
    return dirty, fleet.past(git_commit.committed(fleet.root, dirty))
