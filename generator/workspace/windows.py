"""The release windows of an environment: what they say, and what is wrong with them in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Diagnostic, Pointer, Severity, Span
from generator.kubernetes.applications import matches
from generator.kubernetes.sync_windows import ALLOW, DENY, LONGEST, State, Window, never_permit, state
from generator.syntax import calendar, cron, time_zones
from generator.syntax.durations import go_seconds, spoken
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader import Source
from generator.syntax.recurrence import recurrence
from generator.syntax.wording import suggestion
from generator.workspace.model import Environment

WINDOWS: Pointer = ("spec", "windows")
_YEAR = 400 * calendar.DAY
_FIELDS_HINT = "write minute, hour, day of the month, month and day of the week, such as 0 22 * * 5"
SPAN = (calendar.instant_of("2027-01-01"), calendar.instant_of("2031-01-01"))
"""A cycle of leap years in which windows are compared: what is wrong with a file does not depend on the time of the day."""
_ZONE_HINT = "write a name of the IANA database, such as Europe/Berlin"


class ReleaseWindow(NamedTuple):
    """One entry of `windows` in an environment."""

    number: int
    """Its index in the list."""
    window: Window
    services: tuple[str, ...] = ()
    """Names and globs of the services that it is for; empty for all."""
    reason: str = ""

    def is_for(self, service: str) -> bool:
        """Tell whether it is for a service; without a name, for what belongs to no service."""
        return not self.services or any(matches(pattern, service) for pattern in self.services)


class Verdict(NamedTuple):
    """What the windows of an environment say about a service at one moment."""

    state: State
    window: ReleaseWindow | None
    """The one that the state is about, see State."""


def windows_of(environment: Environment) -> tuple[ReleaseWindow, ...]:
    """Return the windows of an environment, in the order of its file."""
    found = (_window(number, given) for number, given in enumerate(environment.spec.get("windows") or ()))
    return tuple(one for one in found if one is not None)


def verdict(windows: tuple[ReleaseWindow, ...], service: str, now: int) -> Verdict:
    """Return what windows say about a service at an instant."""
    own = [one for one in windows if one.is_for(service)]
    found = state([one.window for one in own], now)
    return Verdict(found, None if found.window is None else own[found.window])


def place_of(environment: Environment, window: ReleaseWindow) -> tuple[str, Span]:
    """Return the file of a window, and its place there."""
    pointer = (*WINDOWS, window.number)
    source = environment.part(pointer)
    return source.path, source.span_of(pointer)


def faults(source: Source) -> Iterator[Diagnostic]:
    """Yield what makes a window in the file of an environment unusable, and what makes it pointless."""
    given = lookup(source.data, WINDOWS)[1]
    known: list[ReleaseWindow] = []
    for number, entry in enumerate(given if isinstance(given, list) else ()):
        found = list(_faults(entry, (*WINDOWS, number), source))
        yield from found
        window = None if found else _window(number, entry)
        if window is not None:
            known.append(window)
    yield from _pointless(known, source)


def _window(number: int, given: Mapping[str, Any]) -> ReleaseWindow | None:
    starts, seconds = recurrence(given["schedule"]), go_seconds(given["duration"])
    if starts is None or seconds is None:
        return None
    window = Window(given["kind"], starts, seconds, given.get("timeZone") or "UTC")
    return ReleaseWindow(number, window, tuple(given.get("services") or ()), given.get("reason") or "")


def _faults(given: Mapping[str, Any], at: Pointer, source: Source) -> Iterator[Diagnostic]:
    schedule, duration, zone = given["schedule"], given["duration"], given.get("timeZone")
    if schedule.startswith(cron.ZONES):
        named = schedule.partition("=")[2].partition(" ")[0]
        message = f"`{schedule}` has a time zone, which a schedule cannot have"
        yield _problem(source, (*at, "schedule"), message, f"move it to `timeZone: {named}`")
    elif wrong := cron.fault(schedule, descriptors=False):
        yield _problem(source, (*at, "schedule"), f"`{schedule}` is not a valid schedule: {wrong}", _FIELDS_HINT)
    else:
        starts = recurrence(schedule)
        if starts is not None and starts.next(0) is None:
            yield _problem(
                source, (*at, "schedule"), f"`{schedule}` never occurs, so the window never opens", "correct the date"
            )
    yield from _of_duration(duration, (*at, "duration"), source)
    if zone is not None and (zone in ("", "Local") or not time_zones.is_known(zone)):
        hint = suggestion(zone, time_zones.names(), _ZONE_HINT)
        yield _problem(source, (*at, "timeZone"), f"`{zone}` is not a time zone", hint)


def _of_duration(duration: str, at: Pointer, source: Source) -> Iterator[Diagnostic]:
    seconds = go_seconds(duration)
    if seconds is None:
        yield _problem(source, at, f"`{duration}` is not a valid duration", "write hours and minutes, such as 24h or 1h30m")
    elif seconds < 1:
        yield _problem(source, at, f"`duration` must be at least 1s, not {duration}", "write how long the window stays open")
    elif seconds > LONGEST:
        message = f"duration `{duration}` is longer than a year ({spoken(LONGEST)}), so the window never closes"
        yield _problem(source, at, message, "write a shorter duration, and a schedule that opens the window again")


def _problem(source: Source, at: Pointer, message: str, hint: str) -> Diagnostic:
    return Diagnostic(source.path, source.span_of(at), "TP023", Severity.ERROR, message, hint, at)


def _pointless(known: list[ReleaseWindow], source: Source) -> Iterator[Diagnostic]:
    """Yield the windows that never close, and those that allow nothing because others deny all of it."""
    share = sum(one.window.kind == ALLOW for one in known)
    for one in known:
        at: Pointer = (*WINDOWS, one.number)
        if one.window.never_closes:
            kind = one.window.kind
            effect = "denies every release" if kind == DENY else "has no effect but on services that no other window allows"
            message = f"this {kind} window never closes: it opens again before its duration is over, and {effect}"
            yield _warning(source, (*at, "duration"), message, "shorten it, or let it open less often")
        elif one.window.kind == ALLOW:
            denying = [other for other in known if other.window.kind == DENY and _has_all_services(other, one)]
            since = one.window.starts.next(SPAN[0]) or SPAN[0]
            together = [one.window, *(other.window for other in denying)]
            if denying and never_permit(together, since - calendar.DAY, since + _YEAR, share):
                message = "this allow window is never open: deny windows cover all of it"
                yield _warning(source, at, message, "remove it, or narrow the deny windows")


def _warning(source: Source, at: Pointer, message: str, hint: str) -> Diagnostic:
    return Diagnostic(source.path, source.span_of(at), "TP503", Severity.WARNING, message, hint, at)


def _has_all_services(deny: ReleaseWindow, allow: ReleaseWindow) -> bool:
    if not deny.services or "*" in deny.services:
        return True
    return bool(allow.services) and all(
        pattern in deny.services or ("*" not in pattern and "?" not in pattern and deny.is_for(pattern))
        for pattern in allow.services
    )
