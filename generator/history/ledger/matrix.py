"""Which release every service has in every environment, and how far it is behind the one it is promoted from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from generator.history.ledger.changes import Change, changes
from generator.history.ledger.shapes import Shapes
from generator.history.ledger.story import Story
from generator.history.ledger.uncommitted import OnDisk
from generator.history.ledger.versions import Version, Versions, part_of_spec
from generator.system.git.commits import Commit
from generator.workspace.model import Environment


class Behind(NamedTuple):
    """How a release stands to those of the environment that it is promoted from."""

    releases: int
    """How many are newer there than the one that is here."""
    other_chart: bool = False
    """Whether only the image is one of theirs, and not the chart with it."""


class Cell(NamedTuple):
    """One service in one environment, as it is in HEAD."""

    version: Version
    since: Commit
    """The commit by which it landed, or where history ends in a shallow clone."""
    at_boundary: bool = False
    source: str = ""
    """The environment that it is promoted from; empty at the start of the chain, or if the service is not there."""
    behind: Behind | None = None
    """None where there is no source, or the release was never there."""


class Row(NamedTuple):
    """One service in all environments."""

    service: str
    team: str
    path: str
    """The path of its spec on disk; empty where it has none any more."""
    cells: dict[str, Cell]
    uncommitted: frozenset[str]
    """The environments in which the work tree says something else than HEAD."""


class Matrix(NamedTuple):
    """Services by name, and environments from the start of the promotion chain to its end."""

    environments: tuple[str, ...]
    rows: tuple[Row, ...]
    complete: bool
    """False in a shallow clone."""


def promotion_order(environments: Mapping[str, Environment]) -> list[str]:
    """Return the names of environments, each after the one that it is promoted from; a circle is broken by name."""
    order: list[str] = []

    def place(name: str, coming: frozenset[str]) -> None:
        source = environments[name].promoted_from
        if name in order or name in coming:
            return
        if source in environments:
            place(source, coming | {name})
        order.append(name)

    for name in sorted(environments):
        place(name, frozenset())
    return order


def matrix(
    story: Story,
    environments: Mapping[str, Environment],
    services: Sequence[str] = (),
    chosen: Sequence[str] = (),
    *,
    parsed: Mapping[str, dict[str, Any]] | None = None,
) -> Matrix:
    """Return the matrix of all services, or of those that are asked for.

    `parsed` has what releases are about (see versions.part_of_spec) of the texts of specs that were parsed already.
    """
    versions = Versions(story.contents, Shapes(part_of_spec, parsed))
    disk = OnDisk(story.root, story.workspace, versions)
    names = [name for name in promotion_order(environments) if not chosen or name in chosen]
    rows = []
    for service in sorted({*(name for name in story.services if story.now(name)), *disk.services}):
        if services and service not in services:
            continue
        found = {name: cell for name in names if (cell := _cell(story, versions, service, environments[name]))}
        other = [name for name in names if not disk.same(service, name, found[name].version if name in found else None)]
        rows.append(Row(service, disk.team(service), disk.path(service), found, frozenset(other)))
    return Matrix(tuple(names), tuple(rows), complete=not story.boundary)


def _cell(story: Story, versions: Versions, service: str, environment: Environment) -> Cell | None:
    here = next(changes(story, versions, service, environment.name), None)
    if here is None or here.after is None:
        return None
    source = environment.promoted_from
    there = changes(story, versions, service, source) if source else iter(())
    newest = next(there, None)
    at_boundary = here.point.commit.id in story.boundary
    if newest is None or newest.after is None:
        return Cell(here.after, here.point.commit, at_boundary)
    return Cell(here.after, here.point.commit, at_boundary, source, _behind(here.after, chain([newest], there)))


def _behind(version: Version, there: Iterator[Change]) -> Behind | None:
    """Return how many releases came after this one there; the image alone decides where the chart never fits."""
    by_image: Behind | None = None
    number = 0
    for change in there:
        if change.after is None:
            continue
        if change.after == version:
            return Behind(number)
        if by_image is None and change.after[:2] == version[:2]:
            by_image = Behind(number, other_chart=True)
        number += 1
    return by_image
