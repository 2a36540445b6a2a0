"""Commit generated files in a separate working tree, on top of the remote branch.

The checkout is not touched until the end: commits are made in a temporary working tree, from Git's objects
alone. If the remote has moved, manifests are regenerated on top of it rather than merged; only a conflict
in hand-written files needs manual work.
"""

from __future__ import annotations

import os
import posixpath
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from generator.errors import RefusedError
from generator.pipeline import write
from generator.pipeline.drift import Change, State, origin_of
from generator.pipeline.rendered import Programs
from generator.pipeline.run import Mode, Request, run
from generator.syntax.commit_ids import short_id
from generator.syntax.wording import listed
from generator.system.files import Folder
from generator.system.git import checkout as git_checkout
from generator.system.git import commit as git_commit
from generator.system.git import objects as git_objects
from generator.system.git import remote as git_remote
from generator.system.git.push import MovedError, RefusedPushError, push
from generator.system.transaction.targets import Area
from generator.workspace.parsed import Parsed

_TRIES = 8
_PAUSE = 0.2
"""Seconds before the first retry; each pause is longer than the previous one."""
PATIENCE = 30.0
"""Seconds to wait for another process that is writing to the checkout."""
_PLAIN = "100644"
"""The mode of a regular, non-executable file: Tiphys writes no others."""


class Place(NamedTuple):
    """Where manifests come from, and where they go."""

    specs: str
    """The root of the workspace."""
    checkout: str
    """The root of the checkout of the config repository."""
    relative: str | None
    """The workspace as a path of the checkout; None if the specs are in another repository."""
    output: str
    remote: str
    branch: str

    @property
    def generated(self) -> str:
        """The folder of generated files, as a path of the checkout."""
        return posixpath.normpath(posixpath.join(self.relative or "", self.output))

    def holds(self, path: str) -> bool:
        """Tell whether a path of the checkout is in the folder of generated files."""
        return path.startswith(f"{self.generated}/")


class Publication(NamedTuple):
    """What is published."""

    services: tuple[str, ...]
    message: str
    """The message of the commit with the uncommitted generated files."""
    allow_delete: bool = False
    parsed: Parsed | None = None
    """The files parsed so far: a working tree has the same ones in different folders."""
    record: Callable[[Place, str, str], str] = lambda _place, _base, made: made
    """Asks the gates about what one commit adds to another; returns it, or a commit on top that records skipped gates."""
    programs: Programs = Programs()
    """With what environments with `output: rendered` are rendered."""


class ConflictError(Exception):
    """Hand-written files conflict with the remote; `kept` is the branch that keeps the work."""

    def __init__(self, paths: Sequence[str], kept: str) -> None:
        super().__init__("conflict")
        self.paths = paths
        self.kept = kept


def prepare(place: Place, base: str, work: str, publication: Publication) -> str:
    """Return a commit on top of `base` with the commits of `work` that it lacks, and no drift in any of them.

    Raises ConflictError, with the work kept in a branch, or RefusedError.
    """
    with git_remote.worktree(place.checkout, base) as tree:
        for commit in git_remote.commits(place.checkout, base, work):
            foreign = [path for path in git_remote.pick(tree, commit) if not place.holds(path)]
            if foreign:
                kept = f"tiphys/unpublished-{short_id(work)}"
                git_remote.point(place.checkout, kept, work)
                raise ConflictError(foreign, kept)
            _generate(place, tree, publication._replace(allow_delete=True))  # that commit was already allowed to delete
            git_remote.commit_all(tree, like=commit)
        _generate(place, tree, publication)
        git_remote.commit_all(tree, message=publication.message)
        return git_remote.bring(place.checkout, tree)


def pushed(place: Place, start: str, made: str, publication: Publication) -> str:
    """Push; if the remote has moved, prepare again on top of it. Return the pushed commit."""
    locked = ""
    for attempt in range(_TRIES):
        there = git_remote.fetch(place.checkout, place.remote, place.branch)
        if there and not git_remote.is_ancestor(place.checkout, there, made):
            made = prepare(place, there, start, publication)
        published = publication.record(place, there or start, made)
        try:
            push(place.checkout, place.remote, published, place.branch, there)
        except RefusedPushError as error:
            raise not_accepted(place.remote, place.branch, error, "tiphys publish --branch NAME --push") from None
        except MovedError as error:
            locked = str(error)
            # Processes that collided wait for different times, so that they do not collide again.
            time.sleep(_PAUSE * (attempt + 1) * (1 + os.getpid() % 7 / 7))
        else:
            return published
    if locked:
        raise RefusedError(
            f"{place.remote}/{place.branch} was locked on all {_TRIES} attempts: {locked}",
            "if no other push is running, a killed one left this lock: delete that file, then run the command again",
        )
    raise RefusedError(
        f"{place.remote}/{place.branch} moved {_TRIES} times during the push; nothing was changed",
        "try again later",
    )


def not_accepted(remote: str, branch: str, error: RefusedPushError, instead: str) -> RefusedError:
    """Return the error for a push that the remote refused; `instead` is the command that pushes to a branch of its own."""
    condition = f"{branch} is protected:" if error.is_protected else f"fix what it names; if {branch} is protected,"
    return RefusedError(
        f"{remote} does not accept a push to {branch}: {error}; nothing was changed here",
        f"{condition} push a branch, `{instead}`, and open a pull request from it",
    )


def settle(place: Place, start: str, made: str) -> bool:
    """Advance the branch to the new commit, and the checkout if it has that branch; tell whether that was possible.

    Uncommitted changes to the same files prevent it; then nothing has changed here. Raises StuckError.
    """
    if git_remote.checked_out(place.checkout) != place.branch:
        git_remote.point(place.checkout, place.branch, made)
        return True
    if start == made:
        return True
    brought = _brought(place, start, made)
    found = {path: _found(place.checkout, path) for path in brought}
    foreign = [
        path for path, content in found.items() if content not in (None, brought[path]) and not origin_of(content or b"")
    ]
    if foreign or not git_checkout.may_advance(place.checkout, start, made, list(brought)):
        return False
    _put(place, brought, found)
    git_checkout.advance(place.checkout, start, made, list(brought))
    return True


def _brought(place: Place, start: str, made: str) -> dict[str, bytes | None]:
    """Return our files that differ between two commits, by path, as in the second; None for a removed file."""
    before, after = git_objects.tree(place.checkout, start), git_objects.tree(place.checkout, made)
    paths = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    held = {path: [tree[path] for tree in (before, after) if path in tree] for path in paths if place.holds(path)}
    contents = git_objects.blobs(place.checkout, [name for entries in held.values() for _, name in entries])
    return {
        path: contents[after[path][1]] if path in after else None
        for path, entries in held.items()
        if all(mode == _PLAIN and origin_of(contents.get(name, b"")) for mode, name in entries)
    }


def _found(root: str, path: str) -> bytes | None:
    found = Folder(root).read_files([path])
    return found[path] or b"" if path in found else None


def _put(place: Place, brought: Mapping[str, bytes | None], found: Mapping[str, bytes | None]) -> None:
    """Write generated files as `generate` writes them: all or none, even if the process is killed."""
    folder = os.path.join(place.checkout, place.relative or "")
    changes = [
        Change(os.path.relpath(path, place.relative or "."), State.DIFFERS, "", "", "", wanted, found[path])
        for path, wanted in brought.items()
        if wanted != found[path]
    ]
    if changes:
        write.apply(Area(os.path.normpath(folder), place.output), changes, seconds=PATIENCE)


def _generate(place: Place, tree: str, publication: Publication) -> None:
    """Generate into a working tree: from the specs in it, or from those of another repository."""
    root, output = (place.specs, tree) if place.relative is None else (posixpath.join(tree, place.relative), "")
    request = Request(
        os.path.normpath(root),
        Mode.WRITE,
        publication.services,
        output=output,
        allow_delete=publication.allow_delete,
        parsed=publication.parsed,
        programs=publication.programs,
    )
    outcome = run(request)
    if outcome.blocked:
        first = outcome.diagnostics[0]
        raise RefusedError(
            f"on top of {place.branch}, {first.path}:{first.span.line}:{first.span.column}: {first.message}; nothing was published",
            "pull, and run `tiphys lint`",
        )
    unowned = [change.path for change in outcome.changes if change.state is State.UNOWNED and change.wanted is not None]
    if unowned:
        raise RefusedError(f"{listed(unowned)} exists and was not written by Tiphys", "move it away")


def uncommitted_inputs(place: Place, specs: Sequence[str], environments: str) -> list[str]:
    """Return the inputs of manifests with uncommitted changes."""
    paths = [*specs, environments, "strategies", "projects", "templates", "charts", "tiphys.yaml"]
    there = [path for path in paths if Folder(place.specs).exists(path)]
    return git_commit.uncommitted(place.specs, there)
