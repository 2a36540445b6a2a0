"""What Git says of the workspace at the moment of a report: the commit, and the last releases of each service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.history.code import Code
from generator.history.ledger.everywhere import Event
from generator.history.metrics import Metrics
from generator.report.releases import SHORT, TIME, images_cell, overrides_cell, since
from generator.syntax.forges import NONE, Forges, commit_page
from generator.system.git.commits import Commit

LAST = 10
"""The releases of a service that its page shows."""


class Landed(NamedTuple):
    """One release, in words."""

    number: str
    environment: str
    when: str
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
    last: Mapping[str, Sequence[Landed]] = {}
    """The last releases, newest first, by service."""
    metrics: Metrics | None = None


def trace(
    head: Commit, events: Sequence[Event], metrics: Metrics | None, repository: str, forges: Forges = NONE, *, complete: bool
) -> Trace:
    """Return the trace of a commit; `events` are all releases, newest first, and `repository` is the address of the workspace."""
    last: dict[str, list[Landed]] = {}
    for event in events:
        known = last.setdefault(event.service, [])
        if len(known) < LAST:
            known.append(_landed(event, repository, forges, complete=complete))
    page = commit_page(repository, head.id, forges)
    return Trace(head.id[:SHORT], head.date(TIME), page, last, metrics)


def _landed(event: Event, repository: str, forges: Forges, *, complete: bool) -> Landed:
    version, code = event.version, event.code or Code("")
    image = version.image_tag or version.digest[:19] or "–" if version else "removed"
    return Landed(
        "" if event.number is None else f"{event.number}{'' if complete else '?'}",
        event.environment,
        since(event.landed, TIME, at_boundary=event.at_boundary),
        ", ".join(part for part in (image, images_cell(version)) if part),
        f"{version.chart_name} {version.chart_version}".strip() if version else "",
        event.promoted_from,
        event.made.author.name,
        event.landed.id[:SHORT],
        commit_page(repository, event.landed.id, forges),
        code.commit[:SHORT],
        commit_page(code.repository, code.commit, forges),
        overrides_cell(event.overrides),
    )
