"""Windows of time in which something is allowed or denied, as Argo CD reads the sync windows of an AppProject.

A window is open from each start of its schedule for its duration, both by the clocks of its time zone: Argo CD adds
the offset that the zone has now to the time, and computes with the result. So a window of 24h from midnight ends at
midnight when the clocks change as well, and a start that the clocks skip is the moment at which they skip it.
Source: argo-cd, pkg/apis/application/v1alpha1/types.go, SyncWindows.active and SyncWindows.CanSync
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from generator.syntax import calendar
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.recurrence import Recurrence, always_within

ALLOW, DENY = "allow", "deny"
LONGEST = 366 * calendar.DAY
"""The longest duration that makes sense, in seconds: a schedule that occurs at all occurs every year, leap days aside."""
_WORK = 5_000
"""How often a window is looked at, at most, to find the next change."""


class Window(NamedTuple):
    """One window."""

    kind: str
    starts: Recurrence
    seconds: float
    """Its duration."""
    zone: str = "UTC"
    allows_manual: bool = False
    """Whether it does not apply to syncs that a person starts."""

    def is_open(self, now: int) -> bool:
        """Tell whether an instant is in the window."""
        wall = now + calendar.offset(self.zone, now)
        start = self.starts.last(wall, self.seconds)
        return start is not None and wall < start + self.seconds

    def edge(self, now: int) -> int | None:
        """Return the first instant after now at which the window may open or close; None without one."""
        shift = calendar.offset(self.zone, now)
        wall = now + shift
        last = self.starts.last(wall, self.seconds)
        end = None if last is None else -int(-(last + self.seconds) // 1)
        following = end if end is not None and end > wall else self.starts.next(wall + 1)
        if following is None:
            return None
        return calendar.shift(self.zone, now, following - shift) or following - shift

    @property
    def never_closes(self) -> bool:
        """Whether it is still open whenever it opens again."""
        return always_within(self.starts, self.seconds)


class State(NamedTuple):
    """What windows say at one moment."""

    is_open: bool
    window: int | None = None
    """The index of the window that closes it now, that opens it next, or that changes an open state next."""
    until: int | None = None
    """The instant at which the state changes; None if it does not, or not in the foreseeable future."""


def permits(windows: Sequence[Window], now: int, *, manual: bool = False) -> bool:
    """Tell whether windows permit a sync: no deny window is open, and one that allows it is, if there is any.

    `manual` is for a sync that a person starts.
    """
    denying = [one for one in windows if one.kind == DENY and one.is_open(now)]
    if denying:
        return manual and all(one.allows_manual for one in denying)
    allowing = [one for one in windows if one.kind == ALLOW]
    if not allowing or any(one.is_open(now) for one in allowing):
        return True
    return manual and all(one.allows_manual for one in allowing)


def state(windows: Sequence[Window], now: int) -> State:
    """Return what windows say now, and the next change."""
    if permits(windows, now):
        until = _next_change(windows, now, to_open=False)
        return State(True, _cause(windows, until), until)
    denying = [index for index, one in enumerate(windows) if one.kind == DENY and one.is_open(now)]
    until = _next_change(windows, now, to_open=True)
    if denying:
        return State(False, max(denying, key=lambda index: _end(windows[index], now)), until)
    allowing = [index for index, one in enumerate(windows) if one.kind == ALLOW]
    opening = [index for index in allowing if until is not None and windows[index].is_open(until)]
    return State(False, (opening or allowing)[0], until)


def _end(window: Window, now: int) -> float:
    if window.never_closes:
        return float("inf")
    return window.edge(now) or float("inf")


def _cause(windows: Sequence[Window], closed: int | None) -> int | None:
    """Return the index of the window that closes an open state at an instant."""
    if closed is None:
        return None
    denying = [index for index, one in enumerate(windows) if one.kind == DENY and one.is_open(closed)]
    ending = [index for index, one in enumerate(windows) if one.kind == ALLOW and one.is_open(closed - 1)]
    return next(iter(denying or ending), None)


def _next_change(windows: Sequence[Window], now: int, *, to_open: bool) -> int | None:
    """Return the first instant after now at which the state differs; None if none is found."""
    if to_open and any(one.kind == DENY and one.never_closes and one.is_open(now) for one in windows):
        return None
    edges = islice(_edges(windows, now, to_open=to_open), _WORK // max(1, len(windows)))
    return next((at for at in edges if permits(windows, at) == to_open), None)


def never_permit(windows: Sequence[Window], since: int, until: int, share: int = 1) -> bool:
    """Tell whether windows permit nothing from one instant to another; False if that takes too long to find out.

    `share` is how many such questions share the work.
    """
    if permits(windows, since):
        return False
    left = _WORK // share
    for at in _edges(windows, since, to_open=True):
        left -= len(windows)
        if at >= until:
            return True
        if left < 0 or permits(windows, at):
            return False
    return True


def _edges(windows: Sequence[Window], at: int | None, *, to_open: bool) -> Iterator[int]:
    """Yield the instants after one at which the state may be another, as long as it is not."""
    while at is not None:
        at = _next_edge(windows, at, to_open=to_open)
        if at is not None:
            yield at


def _next_edge(windows: Sequence[Window], at: int, *, to_open: bool) -> int | None:
    """Return the next instant at which the state may be another."""
    if to_open:
        denying = [one.edge(at) for one in windows if one.kind == DENY and one.is_open(at)]
        if denying:  # all of them must be over
            return None if None in denying else max(edge for edge in denying if edge is not None)
    relevant = [one for one in windows if one.kind == (ALLOW if to_open else DENY) or (not to_open and one.is_open(at))]
    edges = [edge for edge in (one.edge(at) for one in relevant) if edge is not None]
    return min(edges, default=None)
