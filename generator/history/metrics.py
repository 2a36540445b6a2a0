"""How often, how fast and how safely is released: numbers from the releases that Git records, and from nothing else.

`DEFINITIONS` says what each number is, and what it cannot know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from generator.history.builds import Builds
from generator.history.gates import GATES
from generator.history.ledger.everywhere import Event
from generator.history.ledger.versions import Version
from generator.syntax.calendar import DAY


class Definition(NamedTuple):
    """What a number is."""

    definition: str
    unknown: str
    """What it cannot know."""


DEFINITIONS: Mapping[str, Definition] = {
    "releases": Definition(
        "Commits that gave a service another version in an environment, rollbacks included; per day, it is their "
        "number divided by the days of the period.",
        "Whether the cluster ran the version: Git says what was declared. A period that began before the repository "
        "counts as a whole.",
    ),
    "leadTimeFromCode": Definition(
        "The median time from the commit of the code to the release, where the release records it "
        "(`bump --code-commit` with `--code-checkout`).",
        "The time of releases without that record, and of the older commits that the release brought as well.",
    ),
    "leadTimeFromFirst": Definition(
        "The median time from when a version landed in the first environment of its chain to when it landed here.",
        "How long the version was worked on before it landed there. A commit that gives both the version is left out.",
    ),
    "changeFailureRate": Definition(
        "Releases that a rollback replaced (`failed`), divided by all releases that are not rollbacks. A rollback is a "
        "return to a version that the environment had before, and that no rollback has replaced since.",
        "Failures that a newer version fixed, that an abort of the rollout ended, or that were not rolled back.",
    ),
    "timeToRestore": Definition(
        "The median time from when a release landed to when a rollback replaced it.",
        "When the failure began or was noticed, and how long the rollout of the rollback took.",
    ),
    "overrides": Definition(
        "Gates that releases skipped, by gate, as their commits record them.",
        "Gates that were passed by editing a spec by hand.",
    ),
}
"""By the name in JSON: what a number is, and what it cannot know."""


class Spread(NamedTuple):
    """Lengths of time."""

    median: int | None
    """In seconds; None for no lengths."""
    number: int


class Measures(NamedTuple):
    """The numbers of some releases."""

    releases: int
    per_day: float
    rollbacks: int
    failed: int
    lead_from_code: Spread
    lead_from_first: Spread
    restore: Spread
    overrides: Mapping[str, int]
    """Only gates that were skipped."""

    @property
    def failure_rate(self) -> float | None:
        """The share of releases that failed, from 0 to 1; None without any release that could."""
        changes = self.releases - self.rollbacks
        return self.failed / changes if changes > 0 else None


class Line(NamedTuple):
    """The numbers of one environment, for one service or for all."""

    service: str
    """Empty for all."""
    environment: str
    measures: Measures


class Metrics(NamedTuple):
    """The numbers of a period."""

    since: int
    until: int
    complete: bool
    """False in a shallow clone."""
    ends: tuple[str, ...]
    """The environments that nothing is promoted from; the total is about them."""
    total: Measures
    environments: tuple[Line, ...]
    services: tuple[Line, ...]


class _Told(NamedTuple):
    """A release, and what later ones made of it."""

    event: Event
    is_rollback: bool
    failed: bool
    restored: int | None
    """How long the release that a rollback replaced was there, in seconds; None for any other release."""
    from_first: int | None


def metrics(events: Iterable[Event], sources: Mapping[str, str], since: int, until: int, *, complete: bool) -> Metrics:
    """Return the numbers of a period from all releases, newest first; `sources` are the environments by promoted_from.

    Times are seconds since 1970; the order of `sources` is that of the result.
    """
    by_pair: dict[tuple[str, str], list[Event]] = {}
    for event in reversed([*events]):
        by_pair.setdefault((event.service, event.environment), []).append(event)
    firsts = {name: _first(name, sources) for name in sources}
    told: dict[tuple[str, str], list[_Told]] = {}
    for (service, environment), found in by_pair.items():
        there = (
            by_pair.get((service, firsts.get(environment, environment)), []) if firsts.get(environment) != environment else []
        )
        within = [one for one in _story(found, there) if since <= (one.event.landed.committed or 0) <= until]
        told[service, environment] = [one for one in within if not one.event.at_boundary]
    days = max(until - since, 1) / DAY
    ends = tuple(name for name in sources if name not in sources.values())
    lines = [
        Line(service, name, _measures(told[service, name], days))
        for service, name in sorted(told, key=lambda pair: (pair[0], [*sources].index(pair[1])))
        if told[service, name]
    ]
    return Metrics(
        since,
        until,
        complete,
        ends,
        _measures([one for (_, name), found in told.items() if name in ends for one in found], days),
        tuple(
            Line("", name, _measures([one for key in told if key[1] == name for one in told[key]], days)) for name in sources
        ),
        tuple(lines),
    )


def _first(name: str, sources: Mapping[str, str]) -> str:
    """Return the environment at the start of a chain."""
    seen = {name}
    while sources.get(name) and sources[name] in sources and sources[name] not in seen:
        name = sources[name]
        seen.add(name)
    return name


def _story(events: Sequence[Event], there: Sequence[Event]) -> list[_Told]:
    """Return what became of the releases of a service in an environment, oldest first; `there` are those in the first one."""
    builds = Builds(there)
    standing: list[int] = []
    """The releases whose versions were not rolled back, by their index."""
    places: dict[Version, int] = {}
    """Where each version stands, as a place in `standing`."""
    found: list[_Told] = []
    before: Event | None = None
    for event in events:
        if event.version is None:
            standing, places, before = [], {}, None
            continue
        back = places.get(event.version, len(standing))
        if back >= len(standing) - 1 or before is None:
            places.setdefault(event.version, len(standing))
            standing.append(len(found))
            found.append(_Told(event, is_rollback=False, failed=False, restored=None, from_first=builds.age(event)))
        else:
            failed = standing[-1]
            found[failed] = found[failed]._replace(failed=True)
            for version in {one.event.version for one in map(found.__getitem__, standing[back + 1 :])}:
                if version is not None and places.get(version, -1) > back:
                    del places[version]
            del standing[back + 1 :]
            restored = (event.landed.committed or 0) - (before.landed.committed or 0)
            found.append(_Told(event, is_rollback=True, failed=False, restored=max(0, restored), from_first=None))
        before = event
    return found


def _measures(told: Sequence[_Told], days: float) -> Measures:
    skipped = [override.gate for one in told for override in one.event.overrides]
    return Measures(
        len(told),
        len(told) / days,
        sum(one.is_rollback for one in told),
        sum(one.failed for one in told),
        _spread(_since_code(one.event) for one in told if not one.is_rollback),
        _spread(one.from_first for one in told),
        _spread(one.restored for one in told),
        {gate: skipped.count(gate) for gate in GATES if gate in skipped},
    )


def _since_code(event: Event) -> int | None:
    written = event.code.committed if event.code else None
    landed = event.landed.committed
    return landed - written if written is not None and landed is not None and landed >= written else None


def _spread(lengths: Iterable[int | None]) -> Spread:
    known = [length for length in lengths if length is not None]
    return Spread(int(median(known)) if known else None, len(known))
