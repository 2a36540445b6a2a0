"""When a schedule occurs: the starts that robfig/cron computes, as wall times.

Source: robfig/cron v3, parser.go and spec.go
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from generator.syntax.calendar import DAY, day_of
from generator.syntax.cron import FIELDS, Field, fault, number

_MINUTE = 60
_HORIZON = 9 * 366
"""Days that are searched for an occurrence: there are eight years between two 29th of February around 2100."""


class Recurrence(NamedTuple):
    """The starts of a schedule; all of them are at full minutes."""

    minutes: tuple[int, ...]
    """Seconds after midnight, ascending."""
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    """Whether the day of the month or that of the week is enough: both are restricted."""

    def next(self, wall: int) -> int | None:
        """Return the first start at a wall time or after it; None for a schedule that never occurs."""
        first, time = divmod(wall, DAY)
        at = bisect_left(self.minutes, time)
        if at < len(self.minutes) and self.is_on(first):
            return first * DAY + self.minutes[at]
        found = self._first(range(first + 1, first + _HORIZON))
        return None if found is None else found * DAY + self.minutes[0]

    def last(self, wall: int, within: float) -> int | None:
        """Return the last start at a wall time, or up to some seconds before it; None without one."""
        first, time = divmod(wall, DAY)
        at = bisect_right(self.minutes, time)
        if at and self.is_on(first):
            start = first * DAY + self.minutes[at - 1]
        else:
            found = self._first(range(first - 1, first - 2 - int(within // DAY), -1))
            if found is None:
                return None
            start = found * DAY + self.minutes[-1]
        return start if wall - start <= within else None

    def _first(self, numbers: range) -> int | None:
        return next(filter(self.is_on, numbers), None) if self.minutes else None

    def is_on(self, number: int) -> bool:
        """Tell whether there are starts on the day that is a number of days after 1970-01-01."""
        _, month, day, weekday = day_of(number)
        if month not in self.months:
            return False
        by_day, by_weekday = day in self.days, weekday in self.weekdays
        return (by_day or by_weekday) if self.either else (by_day and by_weekday)


@lru_cache(maxsize=1024)
def recurrence(schedule: str) -> Recurrence | None:
    """Return when a schedule of five fields occurs; None for a faulty one, and one with a zone or a word."""
    if fault(schedule, descriptors=False) or "=" in schedule:
        return None
    found = [_values(text, field) for text, field in zip(schedule.split(), FIELDS, strict=True)]
    (minutes, _), (hours, _), (days, every_day), (months, _), (weekdays, every_weekday) = found
    times = sorted((hour * 60 + minute) * _MINUTE for hour in hours for minute in minutes)
    return Recurrence(tuple(times), days, months, weekdays, not (every_day or every_weekday))


@lru_cache(maxsize=1024)
def always_within(known: Recurrence, seconds: float) -> bool:
    """Tell whether the next start of a schedule is always at most some seconds after the last one."""
    first = known.next(0)
    if first is None or any(after - before > seconds for before, after in pairwise(known.minutes)):
        return False
    overnight, before = known.minutes[0] - known.minutes[-1], first // DAY
    for day in range(before + 1, before + 4 * _HORIZON):  # 28 years have all pairs of dates and days of the week
        if known.is_on(day):
            if (day - before) * DAY + overnight > seconds:
                return False
            before = day
    return True


def _values(text: str, field: Field) -> tuple[frozenset[int], bool]:
    """Return the values of one field, and whether it restricts nothing, which `*/2` does."""
    values: set[int] = set()
    is_any = False
    for part in filter(None, text.split(",")):
        span, slash, step = part.partition("/")
        ends = span.split("-")
        every = int(step) if slash else 1
        if ends[0] in ("*", "?"):
            first, last = field.least, field.most
            is_any |= every == 1
        else:
            first = number(ends[0], field) or 0
            last = (number(ends[1], field) or 0) if len(ends) > 1 else field.most if slash else first
        values.update(range(first, last + 1, every))
    return frozenset(values), is_any
