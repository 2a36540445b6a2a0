"""Ask whether services have what they need of each other after a move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.errors import RefusedError
from generator.history.fleet import Fleet
from generator.history.gates import DEPENDENCY, Gates
from generator.history.moves import Changed, Move, Version, moved
from generator.service.dependencies import FIELD, Dependency, dependencies_of, runs, unmet
from generator.workspace.model import ServiceSpec

Released = tuple[Move, Sequence[Changed]]
"""A move, and what it changes of the version."""


class _Lack(NamedTuple):
    """A service that does not have what it needs after a move."""

    moved: str
    """The service whose move causes it."""
    user: str
    needed: Dependency
    environment: str
    runs: str | None
    """What the environment has of the needed service after the moves; None if it is not deployed."""
    why: str

    def __str__(self) -> str:
        has = f"does not deploy {self.needed.service}" if self.runs is None else f"has {self.runs or 'no version'}, {self.why}"
        if self.moved == self.user:
            return f"{self.user} needs {self.needed}, but {self.environment} {has}"
        return f"{self.user} in {self.environment} needs {self.needed}, but {self.environment} then {has}"


def check_dependencies(
    fleet: Fleet, specs: Mapping[str, ServiceSpec], released: Iterable[Released], gates: Gates, *, returns: bool
) -> dict[str, list[str]]:
    """Refuse moves after which a service does not have what it needs; raises RefusedError that names all of them.

    All moves count at once, so that a set satisfies itself. What others need of a service that moves counts as far as they
    have it now. What a service needs itself does not count if it goes back (`returns`): its spec says what the newer version
    needs. If the user skips the gate, return the services that it would have refused.
    """
    by_environment: dict[str, dict[str, Released]] = {}
    for move, changed in released:
        by_environment.setdefault(move.environment, {})[move.service] = move, changed
    lacks = list[_Lack]()
    users = fleet.containing(FIELD) if by_environment else {}
    for environment, moves in by_environment.items():
        lacks += _lacks(_Versions(fleet, {**users, **specs}, environment, moves), users, returns=returns)
    if lacks and not gates.skips(DEPENDENCY):
        raise RefusedError("; ".join(map(str, lacks)), _way_out(lacks, returns=returns))
    return {DEPENDENCY: list(dict.fromkeys(lack.moved for lack in lacks))}


def _lacks(versions: _Versions, users: Mapping[str, ServiceSpec], *, returns: bool) -> Iterator[_Lack]:
    environment, moves = versions.environment, versions.moves
    for name, spec in sorted(users.items()):
        if environment not in spec.environments or (returns and name in moves):
            continue
        for needed in dependencies_of(spec, environment):
            if needed.service not in moves and name not in moves:
                continue
            after = versions.after(needed.service)
            why = "" if after is None else unmet(needed, after)
            cause = name if name in moves else needed.service
            if (why or after is None) and (cause == name or versions.had(needed)):
                yield _Lack(cause, name, needed, environment, after, why)


class _Versions:
    """What the services of an environment run before and after moves."""

    def __init__(self, fleet: Fleet, specs: Mapping[str, ServiceSpec], environment: str, moves: Mapping[str, Released]) -> None:
        self.environment = environment
        self.moves = moves
        self._fleet = fleet
        self._specs = dict(specs)
        self._known: dict[str, tuple[str | None, str | None]] = {}

    def after(self, service: str) -> str | None:
        """Return what a service runs after the moves; None if it is not deployed."""
        return self._of(service)[1]

    def had(self, needed: Dependency) -> bool:
        """Tell whether what the service ran before did."""
        before = self._of(needed.service)[0]
        return before is not None and not unmet(needed, before)

    def _of(self, service: str) -> tuple[str | None, str | None]:
        if service not in self._known:
            self._known[service] = self._read(service)
        return self._known[service]

    def _read(self, service: str) -> tuple[str | None, str | None]:
        if service not in self._specs:
            self._specs.update(self._fleet.named([service]))
        spec = self._specs.get(service)
        if spec is None or self.environment not in spec.environments:
            return None, None
        stand = self._fleet.stand(spec, self.environment)
        if service not in self.moves:
            now = runs(stand.resolved.data)
            return now, now
        move, changed = self.moves[service]
        return _runs(_before(stand.version, changed)), _runs(moved(stand.version, move))


def _before(version: Version, changed: Sequence[Changed]) -> Version:
    """Return the version before a move, which a killed run may have written already."""
    was = {one.what: one.before for one in changed}
    tag, digest = was.get("image", version.image_tag), was.get("digest", version.image_digest)
    return Version(tag, digest, was.get("chart", version.chart_version), version.images)


def _runs(version: Version) -> str:
    image = {"tag": version.image_tag, "digest": version.image_digest}
    return runs({"image": image, "chart": {"version": version.chart_version}})


def _way_out(lacks: list[_Lack], *, returns: bool) -> str:
    names = list(dict.fromkeys(lack.user if lack.moved != lack.user else lack.needed.service for lack in lacks))
    one = names[0] if len(names) == 1 else "these services"
    skip = "use --ignore-dependencies with --reason"
    if returns:
        return f"roll back {one} as well, in one command with --all, or {skip}"
    if any(lack.moved != lack.user for lack in lacks):
        return f"release a version of {one} first that can do with it, or {skip}"
    return f"release {one} first, or promote both in one command, or {skip}"
