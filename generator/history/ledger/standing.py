"""What is committed of each service, remembered from one `status` to the next.

A commit never changes, so what is known of the history up to one holds for good. Of the commits after it only the
services are read again that one of them touched; where one touched an environment or tiphys.yaml, all of them are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from generator.history.images import Image
from generator.history.ledger.ahead import shapes_on_disk
from generator.history.ledger.layout import WORKSPACE_FILE, Globs, Layout, environment_of
from generator.history.ledger.matrix import Behind, Cell, Matrix, Row, cells_of, promotion_order, row_of
from generator.history.ledger.records import Records
from generator.history.ledger.story import Story
from generator.history.ledger.uncommitted import OnDisk
from generator.history.ledger.versions import Version, Versions
from generator.system.git import read as git
from generator.system.git import walk
from generator.system.git.commits import Commit
from generator.system.states import digest_of
from generator.system.store import MALFORMED, Store
from generator.workspace.model import Environment, Workspace

_MOST_AGAIN = 12
"""Services whose stories are read one by one; the story of all of them takes as long as those of a dozen."""


class Standing(NamedTuple):
    """What is committed of a service."""

    spec: str
    """The object id of its spec; empty if it was removed."""
    team: str
    cells: dict[str, Cell]


class Standings(NamedTuple):
    """What is committed of all services as of a commit."""

    head: str
    environments: dict[str, str]
    """The object ids of the files of environments, by name."""
    services: dict[str, Standing]


class Remembered:
    """What is remembered of the history of a workspace."""

    def __init__(
        self, store: Store, program: str, root: str, workspace: Workspace, environments: Mapping[str, Environment]
    ) -> None:
        """Begin with where it is kept; `program` names this version of Tiphys."""
        self._store, self._root, self._workspace, self._environments = store, root, workspace, environments
        self._layout = Layout(workspace.specs, workspace.environments, workspace.output)
        self._names = promotion_order(environments)
        order = [f"{name} {environments[name].promoted_from}" for name in self._names]
        self._name = f"{digest_of([program, root, repr(self._layout), *order]).hex()}.standings"

    def matrix(self, services: Sequence[str] = (), chosen: Sequence[str] = ()) -> Matrix:
        """Return the matrix of all services, or of the given ones; raises ConfigError outside a Git repository."""
        head, boundary = git.head(self._root), git.boundary(self._root)
        kept = self._read() if head and not boundary else None
        found = self._advanced(kept, head.id) if kept and head else None
        if found is None:
            found, shapes = self._all(head.id if head else "")
        else:
            shapes = None
        if found != kept and not boundary and found.head:
            self._store.put(self._name, json.dumps(_data_of(found)).encode("ascii"))
        disk = OnDisk(self._root, self._workspace, Versions({}, shapes))
        names = [name for name in self._names if not chosen or name in chosen]
        every = sorted({*(name for name, one in found.services.items() if one.spec), *disk.services})
        rows = [self._row(found, disk, service, names) for service in every if not services or service in services]
        return Matrix(tuple(names), tuple(rows), complete=not boundary)

    @staticmethod
    def _row(found: Standings, disk: OnDisk, service: str, names: Sequence[str]) -> Row:
        standing = found.services.get(service)
        cells = {name: standing.cells[name] for name in names if name in standing.cells} if standing else {}
        is_same = standing and disk.object_id(service) == standing.spec and disk.environments == found.environments
        if standing and is_same:  # the same files have the same versions
            return Row(service, standing.team, disk.path(service), cells, frozenset())
        return row_of(disk, service, names, cells)

    def _all(self, head: str) -> tuple[Standings, Any]:
        """Return what is committed of all services, and the shapes of the specs on disk."""
        reading = shapes_on_disk(self._root, self._workspace)
        story = Story(self._root, self._workspace)
        shapes = reading()
        versions = Versions(story.contents, shapes)
        services = {name: self._standing(story, versions, name) for name in story.services}
        environments = story.environments_at(story.commits[-1].id) if story.commits else {}
        return Standings(head, environments, services), shapes

    def _standing(self, story: Story, versions: Versions, service: str) -> Standing:
        object_id = story.now(service)
        spec = versions.spec(object_id) if object_id in story.contents else None
        team = spec.labels.get("team") if spec else None
        cells = cells_of(story, versions, service, self._names, self._environments) if object_id else {}
        return Standing(object_id, team if isinstance(team, str) else "", cells)

    def _advanced(self, kept: Standings, head: str) -> Standings | None:
        """Return what is committed as of a later commit; None where that has to be read from the start."""
        if kept.head == head:
            return kept
        touched = self._touched(kept.head, head)
        if touched is None or len(touched) > _MOST_AGAIN:
            return None
        services = dict(kept.services)
        for service in touched:
            story = Story(self._root, self._workspace, service)
            services[service] = self._standing(story, Versions(story.contents), service)
        return Standings(head, kept.environments, services)

    def _touched(self, base: str, head: str) -> set[str] | None:
        """Return the services whose specs were touched after a commit; None if that cannot be told, or all services were."""
        if not walk.is_along(self._root, base, head):
            return None
        records = Records(self._root, self._workspace)
        globs, ids = Globs(self._layout), list[str]()
        for change in records.changes_after(base, head):
            if change.path == WORKSPACE_FILE or environment_of(change.path, self._layout.environments):
                return None
            if globs.match(change.path):
                ids += filter(None, (change.old, change.new))
        return records.services_in(ids)

    def _read(self) -> Standings | None:
        raw = self._store.get(self._name)
        try:
            return _standings_of(json.loads(raw)) if raw else None
        except MALFORMED:
            return None


def _data_of(found: Standings) -> list[Any]:
    services = {
        name: [one.spec, one.team, {env: _cell_data(cell) for env, cell in one.cells.items()}]
        for name, one in found.services.items()
    }
    return [found.head, found.environments, services]


def _cell_data(cell: Cell) -> list[Any]:
    return [cell.version, cell.since.data, cell.at_boundary, cell.source, cell.behind, cell.rolled_back_from]


def _standings_of(data: Any) -> Standings:
    head, environments, services = data
    found = {
        name: Standing(spec, team, {env: _cell_of(*cell) for env, cell in cells.items()})
        for name, (spec, team, cells) in services.items()
    }
    return Standings(head, environments, found)


def _cell_of(version: Any, since: Any, at_boundary: bool, source: str, behind: Any, replaced: Any) -> Cell:
    found = Cell(_version_of(version), Commit.of_data(since), at_boundary, source, Behind(*behind) if behind else None)
    return found._replace(rolled_back_from=_version_of(replaced)) if replaced else found


def _version_of(data: Any) -> Version:
    tag, digest, chart, chart_version, images = data
    return Version(tag, digest, chart, chart_version, tuple(Image(*one) for one in images))
