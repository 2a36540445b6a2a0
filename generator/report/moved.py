"""What moves and publications did, for programs: parts of the JSON report of their commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from generator.history.gates import Skipped
from generator.history.moves import Changed, Move
from generator.history.publish import Place
from generator.pipeline.drift import Change
from generator.report.parts import files_json, with_part


class Branch(NamedTuple):
    """The branch that got the commit of a move, if that is not the current one."""

    name: str
    remote: str
    """Where it was pushed to; empty if it was not."""
    before: str
    """The commit that it was at; empty for a new branch."""


class Moved(NamedTuple):
    """What a move did, or would do."""

    dry_run: bool = False
    told: Sequence[tuple[Move, Sequence[Changed]]] = ()
    carried: Mapping[str, Sequence[str]] = {}
    """The paths of images that a spec states again and that moved along, by service."""
    specs: Sequence[str] = ()
    files: Sequence[Change] = ()
    commit: str = ""
    """The full id of the commit; empty if nothing was committed."""
    branch: Branch | None = None
    skipped: Skipped = Skipped({}, "")
    trailers: Sequence[str] = ()
    """What a commit by hand must say."""
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()


def added(form: str, report: str, moved: Moved) -> str:
    """Return a report with what was moved, if the format is JSON."""
    return with_part(report, "move", _data(moved)) if form == "json" else report


def publication_json(place: Place, start: str, made: str, *, pushed: bool, checked_out: bool) -> dict[str, Any]:
    """Return what was published; `checked_out` tells whether the checkout is at the new commit."""
    return {
        "branch": place.branch,
        "remote": place.remote if pushed else None,
        "before": start,
        "commit": made,
        "changed": made != start,
        "checkedOut": checked_out,
    }


def _data(moved: Moved) -> dict[str, Any]:
    branch = moved.branch
    return {
        "dryRun": moved.dry_run,
        "services": [_service(move, changed, moved) for move, changed in moved.told],
        "specs": list(moved.specs),
        "files": files_json(moved.files),
        "commit": moved.commit or None,
        "branch": {"name": branch.name, "remote": branch.remote or None, "before": branch.before or None} if branch else None,
        "trailers": list(moved.trailers),
        "warnings": list(moved.warnings),
        "notes": list(moved.notes),
    }


def _service(move: Move, changed: Sequence[Changed], moved: Moved) -> dict[str, Any]:
    gates = moved.skipped.by_service.get(move.service, ())
    return {
        "service": move.service,
        "environment": move.environment,
        "promotedFrom": move.origin or None,
        "changes": [_change(one) for one in changed],
        "movedAlong": list(moved.carried.get(move.service, ())),
        "overrides": [{"gate": gate, "reason": moved.skipped.reason} for gate in gates],
    }


def _change(one: Changed) -> dict[str, str | None]:
    part = one.what.partition(" ")[0]
    return {"part": part, "image": one.image or None, "before": one.before or None, "after": one.after or None}
