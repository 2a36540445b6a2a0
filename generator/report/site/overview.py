"""What the first page says before anything else: what is behind, what is wrong, and what changed last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Severity
from generator.report.site.places import Place, WindowSaid
from generator.report.site.survey import Line, Status, Survey
from generator.report.site.trace import Landed, Trace
from generator.syntax import calendar
from generator.syntax.durations import seconds
from generator.syntax.wording import counted, listed
from generator.system.git.commits import LAST_SECOND

SHOWN = 8
"""Entries of each list on the first page; the pages that it leads to have all of them."""
_ERRORS = 4
"""Errors that the first page shows."""
_NAMED = 3
"""Services and environments of a commit that a line names."""


class Wait(NamedTuple):
    """Something that stops a promotion now."""

    word: str
    """In a word, such as `closed`."""
    words: str
    """And in full, such as `closed until Thu 2026-12-10 00:00 UTC`."""


class Lag(NamedTuple):
    """A service that lacks releases in an environment, which the one that it is promoted from has."""

    service: str
    environment: str
    source: str
    releases: int
    since: str
    """When the first of them landed; empty if that is unknown."""
    has: str
    """The image that it has."""
    there: str
    """The image in the environment that it is promoted from."""
    waits: tuple[Wait, ...]
    """What a promotion waits for now; empty if nothing is known to stop it."""
    rolled_back: str
    """From what it was rolled back, in words: it may lack releases on purpose. Empty if it was not."""


class Apart(NamedTuple):
    """A release that cannot be counted from those of the environment that it is promoted from: it is not known to be one of them."""

    service: str
    environment: str
    words: str
    """How it stands to that environment, such as `never in dev`."""


class Skipped(NamedTuple):
    """A gate that was skipped for the release that an environment has."""

    service: str
    environment: str
    words: str


class _Standing(NamedTuple):
    """How many releases lack others, and how many are apart."""

    behind: int
    apart: int


class Group(NamedTuple):
    """The releases of one commit."""

    first: Landed
    releases: int
    words: str
    """Which services and environments; empty for a single release."""


class Overview(NamedTuple):
    """All that the first page says above the matrix and next to it."""

    tiles: Sequence[tuple[str, str, str, str]]
    """Number, noun, look, and the part of the page that says more."""
    lags: Sequence[Lag]
    """Those that last longest come first."""
    apart: Sequence[Apart]
    errors: Sequence[Diagnostic]
    """The first errors, drift excepted."""
    severities: Sequence[tuple[int, str, str]]
    """How many findings there are, by severity: number, name and look."""
    drifted: Sequence[str]
    """The services whose generated files are not as they should be."""
    frozen: Sequence[WindowSaid]
    skipped: Sequence[Skipped]
    groups: Sequence[Group]
    is_well: bool
    """Whether nothing is wrong that the report knows of."""

    @property
    def blocked(self) -> int:
        """How many promotions wait for something."""
        return sum(bool(lag.waits) for lag in self.lags)


def overview(survey: Survey, lines: Sequence[Line]) -> Overview:
    """Return what the first page says."""
    found = lags(survey, lines)
    severities = Counter(finding.severity for finding in survey.findings if not _is_drift(finding))
    apart = [
        Apart(line.service.name, place.name, cell.behind)
        for line in lines
        for place, cell in zip(survey.environments, line.cells, strict=True)
        if cell.behind and not cell.late
    ]
    skipped = [
        Skipped(line.service.name, place.name, cell.skipped)
        for line in lines
        for place, cell in zip(survey.environments, line.cells, strict=True)
        if cell.skipped
    ]
    frozen = [said for said in (survey.windows.said if survey.windows else ()) if not said.is_open]
    errors = [one for one in survey.findings if one.severity is Severity.ERROR and not _is_drift(one)]
    return Overview(
        tuple(_tiles(survey, lines, _Standing(len(found), len(apart)), severities, frozen)),
        found,
        apart,
        errors[:_ERRORS],
        [(severities[one], one.value, look) for one, look in _LOOKS.items() if severities[one]],
        [line.service.name for line in lines if any(cell.drift for cell in line.cells)],
        frozen,
        skipped,
        tuple(islice(_groups(survey.trace), SHOWN)),
        not (problems(survey) or survey.changes or frozen or skipped),
    )


_LOOKS = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "calm"}


def _is_drift(finding: Diagnostic) -> bool:
    return finding.rule.startswith("TP9")


def problems(survey: Survey) -> Counter[Severity]:
    """Return how many findings need someone, by severity: a note does not."""
    return Counter(one.severity for one in survey.findings if one.severity is not Severity.NOTE)


def lags(survey: Survey, lines: Iterable[Line]) -> list[Lag]:
    """Return what is behind, the longest first; what is unknown comes last."""
    windows = {
        (said.environment, name): said
        for said in (survey.windows.said if survey.windows else ())
        if not said.is_open
        for name in said.names
    }
    places = {place.name: place for place in survey.environments}
    found = []
    for line in lines:
        if any(cell.late for cell in line.cells):
            cells = dict(zip(places, line.cells, strict=True))
            late = [name for name, cell in cells.items() if cell.late]
            found += [_lag(line, places[name], cells, windows.get((name, line.service.name)), survey.trace) for name in late]
    return sorted(found, key=lambda lag: (not lag.since, lag.since.removeprefix("before "), -lag.releases))


def _lag(line: Line, place: Place, cells: Mapping[str, Status], closed: WindowSaid | None, trace: Trace) -> Lag:
    cell = cells[place.name]
    there = cells.get(cell.source)
    return Lag(
        line.service.name,
        place.name,
        cell.source,
        cell.lacking,
        cell.lacking_since,
        _image(cell),
        _image(there) if there else "",
        tuple(_waits(line, place, there, closed, trace)),
        cell.rolled_back,
    )


def _image(cell: Status) -> str:
    return cell.deployed.image if cell.deployed else ""


def _waits(line: Line, place: Place, there: Status | None, closed: WindowSaid | None, trace: Trace) -> Iterator[Wait]:
    """Yield what `promote` would refuse a promotion for, as far as the report knows."""
    if closed:
        yield Wait("closed", f"closed until {closed.until}" if closed.until else "closed")
    if line.errors:
        yield Wait("errors", "errors in the spec")
    if there and there.drift:
        yield Wait("drift", f"drift in {place.promoted_from}")
    ends = _soak_ends(line, place, trace)
    if ends is not None and trace.at is not None and ends > trace.at:
        yield Wait("soak", f"soak until {calendar.shown(ends, 'UTC')}")


def _soak_ends(line: Line, place: Place, trace: Trace) -> int | None:
    """Return when the release to promote will have been in its source for long enough; None if that is not known."""
    soak = (place.spec.get("promotion") or {}).get("soak")
    known = trace.landings.get((line.service.name, place.promoted_from), ())
    landed = known[0].landed.committed if known else None
    if not soak or landed is None:
        return None
    ends = landed + int(seconds(soak))
    return ends if ends <= LAST_SECOND else None


def _tiles(
    survey: Survey, lines: Sequence[Line], standing: _Standing, severities: Counter[Severity], frozen: Sequence[WindowSaid]
) -> Iterator[tuple[str, str, str, str]]:
    yield _tile(len(lines) + len(survey.invalid), "service", "", "where")
    yield _tile(sum(cell.deployed is not None for line in lines for cell in line.cells), "deployment", "", "where")
    for severity, look in ((Severity.ERROR, "bad"), (Severity.WARNING, "warn")):
        yield _tile(severities[severity], severity.value, look if severities[severity] else "good", "wrong")
    if survey.compared:
        drift = len(survey.changes)
        yield f"{drift:,}", "file drifted" if drift == 1 else "files drifted", "bad" if drift else "good", "wrong"
    else:
        yield "?", "drift", "", "wrong"
    if survey.matrix is not None:
        look = "warn" if standing.behind else "" if standing.apart else "good"
        yield f"{standing.behind:,}", "behind", look, "behind"
    else:
        yield "?", "behind", "", "behind"
    closed = len({said.environment for said in frozen})
    if closed:
        yield f"{closed:,}", "environment closed" if closed == 1 else "environments closed", "warn", "wrong"


def _tile(number: int, noun: str, look: str, part: str) -> tuple[str, str, str, str]:
    return f"{number:,}", noun if number == 1 else f"{noun}s", look, part


def _groups(trace: Trace) -> Iterator[Group]:
    """Yield the releases of each commit, which follow each other."""
    left = len(trace.recent)
    for _, same in groupby(trace.recent, key=lambda landed: (landed.commit, landed.when)):
        found = list(same)
        left -= len(found)
        places = [(one.service, one.environment) for one in found] + [*([] if left else trace.rest)]
        words = ""
        if len(places) > 1:
            services = {service for service, _ in places}
            environments = dict.fromkeys(environment for _, environment in places)
            words = f"{counted(len(services), 'service')} in {listed(environments, most=_NAMED)}"
        yield Group(found[0], len(places), words)
