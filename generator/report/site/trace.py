"""What Git says of the workspace at the moment of a report: the commit, and the last releases of each service and of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.history.code import Code
from generator.history.ledger.everywhere import Event
from generator.history.metrics import Metrics
from generator.report.releases import TIME, every_image, overrides_cell, since
from generator.syntax.commit_ids import short_id
from generator.syntax.forges import NONE, Forges, commit_page
from generator.system.git.commits import Commit

LAST = 10
"""The releases of a service that its page shows."""
RECENT = 200
"""The releases of all services that the page of releases shows."""


class Landed(NamedTuple):
    """One release, in words."""

    service: str
    number: str
    environment: str
    when: str
    before: str
    """The image that it replaced; empty for the first release."""
    image: str
    chart: str
    source: str
    by: str
    commit: str
    page: str
    """The address of the commit; empty if its forge is unknown."""
    code: str
    code_page: str
    skipped: str


class Trace(NamedTuple):
    """What is known from Git."""

    commit: str = ""
    when: str = ""
    page: str = ""
    at: int | None = None
    """When the commit was made, in seconds since 1970; None if it has no date."""
    last: Mapping[str, Sequence[Landed]] = {}
    """The last releases, newest first, by service."""
    metrics: Metrics | None = None
    recent: Sequence[Landed] = ()
    """The last releases of all services, newest first."""
    rest: Sequence[tuple[str, str]] = ()
    """The releases of the oldest commit of `recent` that are not in it any more, by service and environment."""
    landings: Mapping[tuple[str, str], Sequence[Event]] = {}
    """All releases, newest first, by service and environment; without removals."""

    def lacking_since(self, service: str, source: str, releases: int) -> str:
        """Return when the oldest of the newest `releases` of a service landed in an environment; empty if that is unknown."""
        known = self.landings.get((service, source), ())
        if not 0 < releases <= len(known):
            return ""
        oldest = known[releases - 1]
        return since(oldest.landed, TIME, at_boundary=oldest.at_boundary)


def trace(
    head: Commit, events: Sequence[Event], metrics: Metrics | None, repository: str, forges: Forges = NONE, *, complete: bool
) -> Trace:
    """Return the trace of a commit; `events` are all releases, newest first, and `repository` is the address of the workspace."""
    last: dict[str, list[Landed]] = {}
    recent: list[Landed] = []
    rest: list[tuple[str, str]] = []
    landings: dict[tuple[str, str], list[Event]] = {}
    oldest = ""
    for event in events:
        if event.version is not None:
            landings.setdefault((event.service, event.environment), []).append(event)
        known = last.setdefault(event.service, [])
        if len(known) < LAST or len(recent) < RECENT:
            landed = _landed(event, repository, forges, complete=complete)
            known += [landed] if len(known) < LAST else []
            if len(recent) < RECENT:
                recent.append(landed)
                oldest = event.landed.id
                continue
        if event.landed.id == oldest:
            rest.append((event.service, event.environment))
    for found in landings.values():
        found.sort(key=lambda event: event.number or 0, reverse=True)  # a clock that was wrong does not change their order
    page = commit_page(repository, head.id, forges)
    at = head.committed if head.landed_at else None
    return Trace(short_id(head.id), head.date(TIME), page, at, last, metrics, recent, rest, landings)


def _landed(event: Event, repository: str, forges: Forges, *, complete: bool) -> Landed:
    version, code = event.version, event.code or Code("")
    return Landed(
        event.service,
        "" if event.number is None else f"{event.number}{'' if complete else '?'}",
        event.environment,
        since(event.landed, TIME, at_boundary=event.at_boundary),
        every_image(event.before) if event.before else "",
        every_image(version) if version else "removed",
        f"{version.chart_name} {version.chart_version}".strip() if version else "",
        event.promoted_from,
        event.made.author.name,
        short_id(event.landed.id),
        commit_page(repository, event.landed.id, forges),
        short_id(code.commit),
        commit_page(code.repository, code.commit, forges),
        overrides_cell(event.overrides),
    )
