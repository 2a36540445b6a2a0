"""Several files replaced as one: staged, written down, moved into place, and completed by the next run if this one dies.

Everything is staged first. Then the journal says what is to be replaced by what, and only then is the
first file touched. The next run that finds a journal completes it, so that after a kill at any point every file
is as it was before or as it was wanted, and one more run makes all of them as wanted.

The journal is at the desk, where neither Git nor a pull request puts anything. The tree that it is about
may have changed since it was written, so before the first byte moves each target is checked again: it has
to be a path below the output, or of a spec, that leads through no link; the modes of files are given here.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import groupby
from typing import NamedTuple

from generator.system.transaction import stage
from generator.system.transaction.folders import Folder, plain_mode
from generator.system.transaction.stage import JOURNAL
from generator.system.transaction.targets import Area, WriteError, check_way

_FORMAT = 2
_MOST = 64 * 1024 * 1024
"""Bytes of the longest journal."""


class Staged(NamedTuple):
    """A file that waits to be moved into its place."""

    name: str
    target: str


class Plan(NamedTuple):
    """What is to be done, by paths relative to the root."""

    replace: Sequence[Staged]
    """The files that get a new content."""
    remove: Sequence[str]

    @property
    def targets(self) -> list[str]:
        """Every file that is replaced or removed."""
        return [*(target for _, target in self.replace), *self.remove]


def stage_all(place: Folder, contents: Iterable[tuple[str, bytes, os.stat_result | None]], *, durable: bool) -> list[Staged]:
    """Return what is staged for every (target, content, status of the file that is replaced), all of it on disk.

    `durable` waits until the disk itself has it, which is for what cannot be generated again. Raises WriteError.
    """
    staged: list[Staged] = []
    for target, content, status in contents:
        name = str(len(staged))
        try:
            place.write(name, content, mode=None if status is None else plain_mode(status), durable=durable)
        except OSError as error:
            raise stage.given_up(place.path, error) from None
        staged.append(Staged(name, target))
    return staged


def commit(area: Area, desk: Folder, place: Folder, plan: Plan, *, durable: bool, together: bool) -> None:
    """Write the plan down, then carry it out; raises WriteError.

    A plan of one file needs no journal, as one rename is done or not done; nor does one of files that do
    not depend on each other, which are not changed `together`.
    """
    import json  # a run of one file needs no journal

    noted = together and len(plan.targets) > 1
    if noted:
        try:
            text = json.dumps([_FORMAT, [list(item) for item in plan.replace], list(plan.remove)]).encode()
            if len(text) > _MOST:
                raise WriteError(f"too many files for a journal of {_MOST:,} bytes", "write fewer files at once")
            desk.write(f"{JOURNAL}.new", text, durable=durable)
            desk.move(f"{JOURNAL}.new", desk, JOURNAL)
        except OSError as error:
            raise stage.given_up(desk.path, error) from None
    _carry_out(area, place, plan)
    if noted:
        with suppress(OSError):
            desk.remove(JOURNAL)


def is_pending(area: Area, desk: Folder) -> bool:
    """Tell whether a run was interrupted after it had begun to replace files; raises WriteError for a journal that is not obeyed."""
    return _read(area, desk) is not None


def recover(area: Area, desk: Folder) -> list[str]:
    """Complete what an interrupted run had written down; return the paths that were still to be done. Raises WriteError."""
    plan = _read(area, desk)
    if plan is None:
        return []
    done = []
    try:
        place = stage.left(area, desk)
        if place is not None:  # else it was removed by hand: everything is generated again
            with place:
                plan = _left(area, desk, place, plan)
                _carry_out(area, place, plan)
                done = plan.targets
        desk.remove(JOURNAL)
    except OSError as error:
        raise _refused(desk, f"it cannot be completed: {error.strerror or error}") from None
    return done


def _read(area: Area, desk: Folder) -> Plan | None:
    """Return the plan of the journal, None if absent; raises WriteError unless all of its targets may be written."""
    import json  # a run of one file needs no journal

    try:
        text = desk.read(JOURNAL, _MOST + 1)
        if len(text) > _MOST:
            raise _refused(desk, f"it is longer than {_MOST:,} bytes")
        plan = _parsed(json.loads(text))
    except FileNotFoundError:  # the run that wrote it has just ended
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(desk, f"it cannot be read: {str(error) or 'it is nested too deeply'}") from None
    objection = _objection(area, plan)
    if objection:
        raise _refused(desk, objection)
    folders: set[str] = set()
    for target in plan.targets:
        try:
            check_way(area.root, target, folders)
        except WriteError as error:
            raise _refused(desk, error.message.removesuffix("; nothing was changed")) from None
    return plan


def _parsed(data: object) -> Plan:
    """Return the content of a journal as a plan; raises ValueError for anything else."""
    if not (isinstance(data, list) and len(data) == 3 and type(data[0]) is int and data[0] == _FORMAT):
        raise ValueError("it was written by a different version of tiphys")
    _, replace, remove = data
    if not (isinstance(replace, list) and isinstance(remove, list) and all(isinstance(path, str) for path in remove)):
        raise ValueError("it is not a list of files")
    for item in replace:
        pair = item if isinstance(item, list) and len(item) == 2 else [None, None]
        if not (stage.is_staged_name(pair[0]) and isinstance(pair[1], str)):
            raise ValueError("it is not a list of staged files and their targets")
    return Plan([Staged(name, target) for name, target in replace], remove)


def _objection(area: Area, plan: Plan) -> str:
    """Return why a plan is not one that a run writes down here; empty if it may be one."""
    targets = set(plan.targets)
    if len({name for name, _ in plan.replace}) < len(plan.replace) or len(targets) < len(plan.targets):
        return "it lists a file twice"
    for target in plan.targets:
        objection = area.objection(target)
        if objection:
            return f"{_shown(target)} {objection}"
        parts = target.split("/")
        if any("/".join(parts[:depth]) in targets for depth in range(1, len(parts))):
            return f"{_shown(target)} is below another target"
    return ""


def _shown(text: str) -> str:
    return ascii(text[:200])


def _refused(desk: Folder, why: str) -> WriteError:
    from shlex import quote

    return WriteError(
        f"the journal {os.path.join(desk.path, JOURNAL)} of an interrupted run was ignored: {why}; nothing was changed",
        f"delete it: `rm -r {quote(desk.path)}`; then run `tiphys check`",
    )


def _left(area: Area, desk: Folder, place: Folder, plan: Plan) -> Plan:
    """Return what of a plan is still to be done, with the staged files taken over; raises WriteError before any is moved."""
    replace = [item for item in plan.replace if place.status(item.name) is not None]
    remove = [target for target in plan.remove if os.path.lexists(os.path.join(area.root, target))]
    for name, target in replace:
        status = check_way(area.root, target, set())
        wrong = place.take_over(name, None if status is None else plain_mode(status))
        if wrong:
            raise _refused(desk, f"{os.path.join(place.path, name)} {wrong}")
    return Plan(replace, remove)


def _carry_out(area: Area, place: Folder, plan: Plan) -> None:
    """Move and remove files, reached by the descriptors of their folders; raises WriteError."""
    done, target = 0, ""
    try:
        with Folder.at(area.root) as root:
            for folder, items in groupby(plan.replace, lambda item: posixpath.dirname(item.target)):
                target = folder
                with root.below(_parts(folder), make=True) as parent:
                    for name, target in items:
                        place.move(name, parent, posixpath.basename(target))
                        done += 1
            for target in plan.remove:
                with suppress(FileNotFoundError), root.below(_parts(posixpath.dirname(target))) as parent:
                    parent.remove(posixpath.basename(target))
                _prune_folders(root, target, area.output)
                done += 1
    except OSError as error:
        raise WriteError(
            f"{os.path.join(area.root, target)}: {error.strerror or error}; "
            f"{done} of {len(plan.targets)} files were replaced before that",
            "fix the cause and run it again: it replaces the rest",
        ) from None


def _parts(folder: str) -> list[str]:
    return folder.split("/") if folder else []


def _prune_folders(root: Folder, target: str, output: str) -> None:
    """Remove the folders that a removal has left empty, up to the output itself."""
    folder = posixpath.dirname(target)
    while folder.startswith(f"{output}/"):
        above, name = posixpath.split(folder)
        try:
            with root.below(_parts(above)) as parent:
                parent.remove_folder(name)
        except OSError:
            return
        folder = above
