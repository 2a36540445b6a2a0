"""Which release every service has in every environment, and how far it is behind the one it is promoted from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from generator.history.ledger.changes import Change, changes
from generator.history.ledger.overrides import Override, Recorded
from generator.history.ledger.shapes import Shapes
from generator.history.ledger.story import Story
from generator.history.ledger.uncommitted import OnDisk
from generator.history.ledger.versions import Version, Versions
from generator.syntax import semver
from generator.system.git.commits import Commit
from generator.workspace.model import Environment

_LAST = 20
"""Releases of an environment among which a return to an earlier one is looked for."""


class Behind(NamedTuple):
    """How far a release is behind the environment that it is promoted from."""

    releases: int
    """The number of newer releases there."""
    other_chart: bool = False
    """Whether only the images match a release there, and not the chart."""


class Cell(NamedTuple):
    """One service in one environment, as it is in HEAD."""

    version: Version
    since: Commit
    """The commit that landed it, or the oldest commit of a shallow clone."""
    at_boundary: bool = False
    source: str = ""
    """The environment that it is promoted from; empty for the first of the chain, or if the service is not deployed there."""
    behind: Behind | None = None
    """None without a source, or if the release was never there."""
    overrides: tuple[Override, ...] = ()
    """The gates that were skipped for it, where they are asked for."""
    newest: str = ""
    """The chart version that its range stands for now; empty for one version, and if no repository was asked."""
    rolled_back_from: Version | None = None
    """What a release that is behind replaced, if the environment had it before: it may be behind on purpose."""

    @property
    def may_have_range(self) -> bool:
        """Whether the chart may be taken by a range; the revision of a chart in Git looks like one."""
        return bool(self.version.chart_version) and semver.is_range(self.version.chart_version)


class Row(NamedTuple):
    """One service in all environments."""

    service: str
    team: str
    path: str
    """The path of its spec on disk; empty if the spec was removed."""
    cells: dict[str, Cell]
    uncommitted: frozenset[str]
    """The environments in which the working tree differs from HEAD."""


class Matrix(NamedTuple):
    """Services by name, and environments from the start of the promotion chain to its end."""

    environments: tuple[str, ...]
    rows: tuple[Row, ...]
    complete: bool
    """False in a shallow clone."""


def promotion_order(environments: Mapping[str, Environment]) -> list[str]:
    """Return the names of environments, each after the one that it is promoted from; a cycle is broken by name."""
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
    shapes: Shapes | None = None,
    recorded: Recorded | None = None,
) -> Matrix:
    """Return the matrix of all services, or of the given ones; with overrides if `recorded` has them.

    `shapes` are those of specs that were already parsed.
    """
    versions = Versions(story.contents, shapes)
    disk = OnDisk(story.root, story.workspace, versions)
    names = [name for name in promotion_order(environments) if not chosen or name in chosen]
    every = sorted({*(name for name in story.services if story.now(name)), *disk.services})
    rows = [
        row_of(disk, service, names, cells_of(story, versions, service, names, environments, recorded))
        for service in every
        if not services or service in services
    ]
    return Matrix(tuple(names), tuple(rows), complete=not story.boundary)


def cells_of(
    story: Story,
    versions: Versions,
    service: str,
    names: Iterable[str],
    environments: Mapping[str, Environment],
    recorded: Recorded | None = None,
) -> dict[str, Cell]:
    """Return the cells of a service in environments, by name."""
    return {name: cell for name in names if (cell := _cell(story, versions, service, environments[name], recorded))}


def row_of(disk: OnDisk, service: str, names: Iterable[str], cells: dict[str, Cell]) -> Row:
    """Return a service with what of it is committed, held against the working tree."""
    other = [name for name in names if not disk.same(service, name, cells[name].version if name in cells else None)]
    return Row(service, disk.team(service), disk.path(service), cells, frozenset(other))


def _cell(story: Story, versions: Versions, service: str, environment: Environment, recorded: Recorded | None) -> Cell | None:
    own = changes(story, versions, service, environment.name)
    here = next(own, None)
    if here is None or here.after is None:
        return None
    source = environment.promoted_from
    there = changes(story, versions, service, source) if source else iter(())
    newest = next(there, None)
    landed = here.point.commit
    at_boundary = landed.id in story.boundary
    skipped = recorded.of_release(service, environment.name, here, None, None) if recorded else ()
    if newest is None or newest.after is None:
        return Cell(here.after, landed, at_boundary, overrides=skipped)
    behind = _behind(here.after, chain([newest], there))
    replaced = _rolled_back_from(here, own) if behind and behind.releases else None
    return Cell(here.after, landed, at_boundary, source, behind, skipped, rolled_back_from=replaced)


def _rolled_back_from(here: Change, earlier: Iterator[Change]) -> Version | None:
    """Return the version that the last change replaced, if it returned to one of the last versions before it."""
    if here.before is None or here.after is None:
        return None
    were = (change.after for change in islice(earlier, _LAST) if change.after is not None)
    return here.before if any(one.agrees_with(here.after) for one in were) else None


def _behind(version: Version, there: Iterator[Change]) -> Behind | None:
    """Return how many releases followed this version there; if the chart never matches, the images alone decide."""
    by_image: Behind | None = None
    number = 0
    for change in there:
        if change.after is None:
            continue
        if change.after.agrees_with(version):
            return Behind(number)
        if by_image is None and change.after.has_images_of(version):
            by_image = Behind(number, other_chart=True)
        number += 1
    return by_image
