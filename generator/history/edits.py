"""Edit the specs of moves in memory: only the version changes, and every downgrade is refused unless it is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.errors import ConfigError, RefusedError
from generator.history import moves
from generator.history.fleet import Fleet, Stand
from generator.history.moves import Changed, Move
from generator.pipeline.request import Edited
from generator.service.chart import chart_of
from generator.syntax.edit import RefusedEditError, splice
from generator.syntax.edit.splice import Read
from generator.syntax.wording import listed, suggestion
from generator.workspace.model import ServiceSpec


class Work(NamedTuple):
    """The result of moves: the edited specs, and the changed versions."""

    edited: dict[str, Edited]
    told: list[tuple[Move, list[Changed]]]
    written: Sequence[str] = ()
    """Specs that an interrupted run already wrote as wanted, but did not commit."""


def edits_of(fleet: Fleet, specs: Mapping[str, ServiceSpec], wanted: Sequence[Move], *, force: bool) -> Work:
    """Return the edited specs of moves; raises RefusedError or ConfigError for a move that is not possible."""
    edited: dict[str, Edited] = {}
    told = []
    for move in wanted:
        stand = fleet.stand(specs[move.service], move.environment)
        told.append((move, _edit(move, stand, edited, fleet.parsed.read, force=force)))
    return Work(edited, told)


def _edit(move: Move, stand: Stand, edited: dict[str, Edited], read: Read, *, force: bool) -> list[Changed]:
    """Add the edited spec to `edited`; return what changes of the version. Raises RefusedError."""
    path, now = stand.spec.source.path, stand.version
    folder = chart_of(stand.resolved).folder
    if move.chart_version and folder:
        raise RefusedError(
            f"{move.service} uses a chart in this repository, at {folder}",
            "change the version in its Chart.yaml; --chart-version is for charts from elsewhere",
        )
    if move.chart_version and "chart" not in stand.resolved.data:
        raise RefusedError(
            f"{move.service} has no chart in {move.environment}, but a folder in its place",
            "use --image-tag, or change the files in the folder",
        )
    if (move.image_tag or move.image_digest) and "image" not in stand.resolved.data:
        raise RefusedError(
            f"{move.service} has no `image` in {move.environment}: its chart decides which image runs",
            "use --chart-version, or set `image.repository` in the spec if the profile of the chart supports it",
        )
    _refuse_unknown_images(move, stand)
    try:
        wanted = splice(stand.raw, stand.spec.source, list(moves.edits(move, stand.resolved)), read)
    except RefusedEditError as error:
        raise RefusedError(
            f"{path}:{error.span.line}:{error.span.column}: {error.message}; nothing was written", error.hint
        ) from None
    changed = moves.changes(now, moves.moved(now, move))
    back = next((change for change in changed if moves.is_downgrade(change)), None)
    if back and not force:
        raise RefusedError(
            f"{move.service} {move.environment}: {back} is a downgrade; nothing was written",
            "use `tiphys rollback`, or --force",
        )
    if path in edited:
        raise ConfigError(f"{move.service} is listed twice", "list each service once")
    edited[path] = Edited(stand.raw, wanted)
    return changed


def _refuse_unknown_images(move: Move, stand: Stand) -> None:
    known = stand.resolved.data.get("images") or {}
    name = next((image.name for image in move.images if image.name not in known), None)
    if name is None:
        return
    where = f"{move.service} has no image `{name}` in {move.environment}; nothing was written"
    otherwise = f"known: {listed(known)}" if known else f"set `images.{name}.repository` in the spec first"
    raise RefusedError(where, suggestion(name, known, otherwise))
