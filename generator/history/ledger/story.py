"""The workspace over the commits of a branch: which file described which service and environment, and when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from generator.history.ledger.chains import Chains
from generator.history.ledger.layout import AMBIGUOUS, WORKSPACE_FILE, Globs, environment_of
from generator.history.ledger.records import Records, read_one
from generator.system.git.commits import Commit
from generator.workspace.model import Workspace


class Point(NamedTuple):
    """A commit that may change a service, with the files that describe it from then on."""

    commit: Commit
    path: str
    """The path of the spec; if it was removed, its last path."""
    spec: str
    """Object id of the spec; empty if the service has none, AMBIGUOUS if it has two."""
    environment: str
    """Object ids of the environment's files (see chains); empty if it has none."""


class Story:
    """All commits of the first-parent history of HEAD that affect releases, oldest first."""

    def __init__(self, root: str, workspace: Workspace, service: str = "", base: str = "") -> None:
        """Read the story of all services, or of one, which takes a fraction of the time.

        With `base`, it is the story since that commit, which counts as the first one.
        """
        self.root, self.workspace, self.base = root, workspace, base
        self._records = Records(root, workspace, "" if base else service, base)
        self.layout = self._records.layout
        self.boundary = self._records.boundary
        self.commits = read_one(self._records, service) if service and not base else self._records.read_all()
        self.contents = self._records.contents
        self._specs: dict[str, list[tuple[int, str, str]]] = {}
        self._environments: list[tuple[int, dict[str, str]]] = []
        _Telling(self._records, self.commits).tell(self._specs, self._environments)

    @property
    def services(self) -> list[str]:
        """The names of all services that ever existed."""
        return sorted(self._specs)

    def may_have_changed(self, service: str) -> bool:
        """Tell whether its spec or any environment changed in the story, other than by its first commit."""
        events = self._specs.get(service, ())
        return any(index for index, _, _ in events) or any(index for index, _ in self._environments)

    def now(self, service: str) -> str:
        """Return the object id of the spec of a service as it is in HEAD; empty if it has no spec."""
        events = self._specs.get(service)
        return events[-1][2] if events else ""

    def points(self, service: str, environment: str) -> Iterator[Point]:
        """Yield the moments at which a service may have changed in an environment, newest first."""
        specs = self._specs.get(service, [])
        environments = self._chained
        spec_at, environment_at = len(specs) - 1, len(environments) - 1
        while spec_at >= 0:
            index, path, spec = specs[spec_at]
            while environment_at >= 0 and environments[environment_at][0] > index:
                since, files = environments[environment_at]
                before = environments[environment_at - 1][1] if environment_at else {}
                if spec and files.get(environment, "") != before.get(environment, ""):
                    yield Point(self.commits[since], path, spec, files.get(environment, ""))
                environment_at -= 1
            files = environments[environment_at][1] if environment_at >= 0 else {}
            yield Point(self.commits[index], path, spec, files.get(environment, ""))
            spec_at -= 1

    @cached_property
    def _chained(self) -> list[tuple[int, dict[str, str]]]:
        """Like `_environments`, with the object ids of all files that an environment is made of."""
        chains = Chains(self.contents)
        return [(index, chains.of_all(files)) for index, files in self._environments]

    @cached_property
    def when(self) -> dict[str, int]:
        """The places of commits in the story, by id."""
        return {commit.id: index for index, commit in enumerate(self.commits)}

    def environments_at(self, commit: str) -> dict[str, str]:
        """Return the object ids of the files of all environments, by name, as of one of the commits."""
        at = bisect_right(self._environments, self.when[commit], key=lambda one: one[0])
        return self._environments[at - 1][1] if at else {}


class _Telling:
    """One walk from the oldest commit to the newest, tracking the files of each."""

    def __init__(self, records: Records, commits: Sequence[Commit]) -> None:
        self._records = records
        self._commits = commits
        self._layout = records.layout
        self._globs = Globs(records.layout)
        self._files: dict[str, str] = {}
        self._owner: dict[str, str] = {}
        self._holders: dict[str, dict[str, str]] = {}
        self._told: dict[str, str] = {}

    def tell(self, specs: dict[str, list[tuple[int, str, str]]], environments: list[tuple[int, dict[str, str]]]) -> None:
        """Fill in when the spec of each service, and the files of the environments, changed."""
        for index, commit in enumerate(self._commits):
            touched: set[str] = set()
            moved = False
            for change in commit.changes:
                if change.path == WORKSPACE_FILE and change.new:
                    layout = self._records.layout_at(change.new)
                    moved |= layout != self._layout
                    self._layout = layout
                self._note(change.path, change.new)
            if moved:
                self._globs = Globs(self._layout)
            for path in self._files.keys() | self._owner.keys() if moved else [change.path for change in commit.changes]:
                touched |= self._own(path)
            for service in touched:
                self._tell_spec(index, service, specs)
            self._tell_environments(index, commit, environments, moved=moved)

    def _tell_environments(
        self, index: int, commit: Commit, environments: list[tuple[int, dict[str, str]]], *, moved: bool
    ) -> None:
        folder = self._layout.environments
        last = environments[-1][1] if environments else {}
        changed = self._files.items() if moved else [(change.path, change.new) for change in commit.changes]
        files = {} if moved else dict(last)
        for path, object_id in sorted(changed):
            name = environment_of(path, folder)
            if name and object_id:
                files[name] = object_id
            elif name:
                files.pop(name, None)
        if files != last:
            environments.append((index, files))

    def _note(self, path: str, object_id: str) -> None:
        if object_id:
            self._files[path] = object_id
        else:
            self._files.pop(path, None)

    def _own(self, path: str) -> set[str]:
        """Assign a path to the service that its content names; return the affected services."""
        object_id = self._files.get(path, "")
        is_spec = object_id and path != WORKSPACE_FILE and self._globs.match(path)
        new, old = self._records.service_of(object_id) if is_spec else "", self._owner.pop(path, "")
        if is_spec and object_id not in self._records.contents:
            new = old  # too large to read: invalid, but like a spec that does not parse, not removed
        if old:
            self._holders[old].pop(path, None)
        if new:
            self._owner[path] = new
            self._holders.setdefault(new, {})[path] = object_id
        return {name for name in (old, new) if name}

    def _tell_spec(self, index: int, service: str, specs: dict[str, list[tuple[int, str, str]]]) -> None:
        """Add an event for a service. While two specs describe it, nothing can be generated from either."""
        holders = self._holders[service]
        last = self._told.get(service, "")
        path = last if last in holders or not holders else min(holders)
        self._told[service] = path
        event = (index, path, AMBIGUOUS if len(holders) > 1 else holders.get(path, ""))
        known = specs.setdefault(service, [])
        if not known or known[-1][1:] != event[1:]:
            known.append(event)
