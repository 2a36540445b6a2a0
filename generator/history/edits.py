"""Edit the specs of moves in memory: only the version changes, and every downgrade is refused unless it is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from generator.errors import ConfigError, RefusedError
from generator.history import moves
from generator.history.fleet import Fleet, Stand
from generator.history.moves import Changed, Move
from generator.history.repeated import companions, repeated
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
    carried: Mapping[str, Sequence[str]] = MappingProxyType({})
    """The images that are stated again and moved along, by service: their paths."""
    left: Sequence[str] = ()
    """Sentences about those that could not be moved."""


class Spliced(NamedTuple):
    """The text of a spec after a move."""

    move: Move
    """With the further images that move along."""
    raw: bytes
    carried: Sequence[str]
    left: Sequence[str]


def spliced(move: Move, stand: Stand, read: Read) -> Spliced:
    """Return the text of a spec after a move; raises RefusedEditError if the version itself cannot be changed.

    The images of the service that the spec states again move with it, as far as they can be changed by themselves.
    """
    source = stand.spec.source
    move = companions(move, stand.resolved)
    raw = splice(stand.raw, source, list(moves.edits(move, stand.resolved)), read)
    carried, left = list[str](), list[str]()
    for one in repeated(move, stand.resolved):
        why, where = one.why, one.where
        if not why:
            try:
                raw = splice(raw, read(source.path, raw)[0] or source, one.edits, read)
            except RefusedEditError as error:
                why, where = error.message, f"{source.path}:{error.span.line}:{error.span.column}"
            else:
                carried.append(one.shown)
        if why:
            left.append(f"{where}: `{one.repeat}` keeps its version: {why} (`tiphys explain TP105`)")
    return Spliced(move, raw, carried, left)


def edits_of(fleet: Fleet, specs: Mapping[str, ServiceSpec], wanted: Sequence[Move], *, force: bool) -> Work:
    """Return the edited specs of moves; raises RefusedError or ConfigError for a move that is not possible."""
    edited: dict[str, Edited] = {}
    told, carried, left = [], dict[str, Sequence[str]](), list[str]()
    for move in wanted:
        stand = fleet.stand(specs[move.service], move.environment)
        done, changed = _edit(move, stand, edited, fleet.parsed.read, force=force)
        told.append((done.move, changed))
        left += done.left
        if done.carried:
            carried[move.service] = done.carried
    return Work(edited, told, carried=carried, left=left)


def _edit(move: Move, stand: Stand, edited: dict[str, Edited], read: Read, *, force: bool) -> tuple[Spliced, list[Changed]]:
    """Add the edited spec to `edited`; return it, and what changes of the version. Raises RefusedError."""
    path, now = stand.spec.source.path, stand.version
    _refuse_impossible(move, stand)
    try:
        done = spliced(move, stand, read)
    except RefusedEditError as error:
        raise RefusedError(
            f"{path}:{error.span.line}:{error.span.column}: {error.message}; nothing was written", error.hint
        ) from None
    changed = moves.changes(now, moves.moved(now, done.move))
    back = next((change for change in changed if moves.is_downgrade(change)), None)
    if back and not force:
        raise RefusedError(
            f"{move.service} {move.environment}: {back} is a downgrade; nothing was written",
            "use `tiphys rollback`, or --force with --reason",
        )
    if path in edited:
        raise ConfigError(f"{move.service} is listed twice", "list each service once")
    edited[path] = Edited(stand.raw, done.raw)
    return done, changed


def _refuse_impossible(move: Move, stand: Stand) -> None:
    """Refuse to change what a service does not have in the environment."""
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


def _refuse_unknown_images(move: Move, stand: Stand) -> None:
    known = stand.resolved.data.get("images") or {}
    name = next((image.name for image in move.images if image.name not in known), None)
    if name is None:
        return
    where = f"{move.service} has no image `{name}` in {move.environment}; nothing was written"
    otherwise = f"known: {listed(known)}" if known else f"set `images.{name}.repository` in the spec first"
    raise RefusedError(where, suggestion(name, known, otherwise))
