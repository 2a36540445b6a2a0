"""Days and time zones as numbers. Nothing here reads the clock.

An *instant* is seconds since 1970 in UTC. A *wall time* is what the clocks of a time zone show, as the seconds since
1970 of a zone without an offset: it exists twice when clocks are put back, and not at all when they are put forward.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from generator.errors import ConfigError

DAY = 86_400
"""Seconds of a day without a change of the clocks."""

_EPOCH = date(1970, 1, 1).toordinal()
_WEEK = 7 * DAY
"""No zone changes its clocks and back within a week."""


class Day(NamedTuple):
    """A date; 0 is Sunday, as in a schedule."""

    year: int
    month: int
    day: int
    weekday: int


@lru_cache(maxsize=1 << 14)
def day_of(number: int) -> Day:
    """Return the date that is a number of days after 1970-01-01."""
    found = date.fromordinal(number + _EPOCH)
    return Day(found.year, found.month, found.day, found.isoweekday() % 7)


def offset(zone: str, instant: int) -> int:
    """Return how many seconds the clocks of a zone are ahead of UTC; raises ConfigError without data for the zone."""
    if zone in _NO_OFFSET:
        return 0
    return _seconds(datetime.fromtimestamp(instant, _zone(zone)).utcoffset())


def shift(zone: str, after: int, until: int) -> int | None:
    """Return the first instant in `after` to `until` at which the clocks of a zone change; None without one."""
    if zone in _NO_OFFSET:
        return None
    before = offset(zone, after)
    while after < until:
        step = min(after + _WEEK, until)
        if offset(zone, step) != before:
            return _first_with_other_offset(zone, before, after, step)
        after = step
    return None


def _first_with_other_offset(zone: str, before: int, low: int, high: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        if offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def shown(instant: int, zone: str) -> str:
    """Return an instant in a zone and in UTC: `Mon 2026-11-30 06:00 Europe/Berlin (2026-11-30 05:00 UTC)`."""
    utc = datetime.fromtimestamp(instant, UTC)
    if zone in _NO_OFFSET:
        return f"{_WEEKDAYS[utc.weekday()]} {_written(utc)} UTC"
    local = utc.astimezone(_zone(zone))
    return f"{_WEEKDAYS[local.weekday()]} {_written(local)} {zone} ({_written(utc)} UTC)"


def iso(instant: int) -> str:
    """Return an instant for programs: `2026-11-30T05:00:00Z`."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant_of(text: str) -> int:
    """Return the instant of `2026-11-30T05:00:00Z`, or of any other form of ISO 8601 with a zone; raises ValueError."""
    found = datetime.fromisoformat(text)
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


_NO_OFFSET = ("", "UTC", "Etc/UTC")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""Not by strftime, whose names depend on the locale."""


def _written(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S" if time.second else "%Y-%m-%d %H:%M")


def _seconds(length: timedelta | None) -> int:
    return int(length.total_seconds()) if length is not None else 0


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(f"this machine has no data for time zone `{name}`", "install the Python package tzdata") from None
