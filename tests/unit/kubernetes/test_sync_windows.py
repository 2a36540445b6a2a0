"""A release waits exactly as long as Argo CD would wait: windows by minute, time zone and day of the year."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from generator.kubernetes.sync_windows import Window, permits, state
from generator.syntax import calendar, time_zones
from generator.syntax.durations import go_seconds
from generator.syntax.recurrence import always_within, recurrence

CASES = yaml.load(Path(__file__).with_name("sync_windows.yaml").read_text(), yaml.BaseLoader)
MOMENTS = [(name, case["windows"], at, told) for name, case in CASES.items() for at, told in case["at"].items()]


def window(text):
    kind, schedule, duration, zone = (part.strip() for part in text.split("|"))
    return Window(kind, recurrence(schedule), go_seconds(duration), zone)


@pytest.mark.parametrize(("windows", "at", "told"), [pytest.param(*case[1:], id=f"{case[0]}: {case[2]}") for case in MOMENTS])
def test_a_release_is_possible_when_the_windows_say_so(windows, at, told):
    found = state(list(map(window, windows)), calendar.instant_of(at))
    said = {"open": str(found.is_open).lower()}
    said |= {"until": calendar.iso(found.until)} if found.until is not None else {}
    said |= {"window": str(found.window)} if found.window is not None else {}
    assert said == told


def minutes_of(schedule, day):
    """Return the starts of a schedule on a day, minute by minute, as the manual of cron tells it."""
    fields = schedule.split()

    def holds(text, value, least, most):
        parts = []
        for part in text.split(","):
            span, _, step = part.partition("/")
            first, _, last = span.partition("-")
            low, high = (least, most) if first == "*" else (int(first), int(last or (most if step else first)))
            parts.append(low <= value <= high and (value - low) % int(step or 1) == 0)
        return any(parts)

    _, month, number, weekday = calendar.day_of(day)
    by_day, by_week = holds(fields[2], number, 1, 31), holds(fields[4], weekday, 0, 6)
    is_any = [text.startswith("*") and "/" not in text for text in (fields[2], fields[4])]
    matches = (by_day and by_week) if any(is_any) else (by_day or by_week)
    if not holds(fields[3], month, 1, 12) or not matches:
        return []
    return [
        hour * 60 + minute
        for hour in range(24)
        for minute in range(60)
        if holds(fields[0], minute, 0, 59) and holds(fields[1], hour, 0, 23)
    ]


FIELD = {
    "minute": ["0", "30", "*/20", "5-15/5", "15,45"],
    "hour": ["*", "2", "1", "0,23", "*/6", "20/2"],
    "day": ["*", "1", "25-31", "*/2"],
    "month": ["*", "3", "10,11"],
    "weekday": ["*", "0", "1-5", "6"],
}
SCHEDULES = some.tuples(*map(some.sampled_from, FIELD.values())).map(" ".join)


@given(SCHEDULES, some.integers(20_000, 30_000))
@settings(max_examples=25, deadline=None)
def test_a_schedule_occurs_when_cron_says_so(schedule, day):
    known = recurrence(schedule)
    expected = [day * calendar.DAY + 60 * minute for minute in minutes_of(schedule, day)]
    found, at = [], day * calendar.DAY
    while (at := known.next(at)) is not None and at < (day + 1) * calendar.DAY:
        found.append(at)
        at += 1
    assert found == expected
    assert all(known.last(start + 59, 60) == start for start in found)


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu"]
CHANGES = [
    "2026-10-24T20:00:00Z",
    "2027-03-27T20:00:00Z",
    "2027-03-14T00:00:00Z",
    "2026-11-01T00:00:00Z",
    "2027-04-03T10:00:00Z",
]
DURATIONS = [60, 1800, 3600, 7200, 86_400, 99_960]


@given(
    some.lists(
        some.builds(
            Window,
            some.sampled_from(["allow", "deny"]),
            SCHEDULES.map(recurrence),
            some.sampled_from(DURATIONS),
            some.sampled_from(ZONES),
        ),
        min_size=1,
        max_size=3,
    ),
    some.sampled_from(CHANGES).map(calendar.instant_of),
    some.integers(0, 7200),
)
@settings(max_examples=10, deadline=None)
def test_the_next_change_is_the_first_minute_at_which_anything_changes_also_when_clocks_do(windows, start, later):
    now = start + later
    found = state(windows, now)
    assert found.is_open == permits(windows, now)
    end = now + 2 * calendar.DAY
    first = next((at for at in range(now // 60 * 60 + 60, end, 60) if permits(windows, at) != found.is_open), None)
    if first is None:
        assert found.until is None or found.until >= end - 60
    else:
        assert found.until == first


def test_each_time_zone_that_is_accepted_has_data():
    assert len([calendar.offset(zone, 1_800_000_000) for zone in time_zones.names()]) > 500
    assert calendar.offset("Asia/Kathmandu", 1_800_000_000) == 20_700


@pytest.mark.parametrize(
    ("schedule", "gap"), [("* * * * *", 60), ("0 0 * * *", 86_400), ("0 22 * * 5", 604_800), ("0 0 29 2 *", 1461 * 86_400)]
)
def test_a_window_that_never_closes_is_known_by_the_longest_time_between_its_starts(schedule, gap):
    assert always_within(recurrence(schedule), gap)
    assert not always_within(recurrence(schedule), gap - 1)


@pytest.mark.parametrize("schedule", ["0 0 30 2 *", ", * * * *"])
def test_a_schedule_that_never_occurs_keeps_no_window_open(schedule):
    assert recurrence(schedule).next(0) is None
    assert not always_within(recurrence(schedule), 1e9)


def test_windows_of_an_enemy_are_answered_in_no_time():
    often = [window("deny | * * * * * | 59s | America/New_York")] * 99
    before = time.process_time()
    found = state([*often, window("allow | 59 23 31 12 6 | 1s | Africa/Casablanca")], 1_800_000_000)
    assert time.process_time() - before < 5
    assert found.is_open is False


def test_a_file_of_an_enemy_is_checked_in_no_time():
    from generator.syntax.reader import parse
    from generator.workspace.windows import faults

    allow = "".join(f'    - {{kind: allow, schedule: "{n % 60} * * * *", duration: 1s, services: [s{n}]}}\n' for n in range(50))
    deny = "".join(f'    - {{kind: deny, schedule: "{n % 60}/2 * * {n % 12 + 1} *", duration: 61s}}\n' for n in range(50))
    source = parse("prod.yaml", f"metadata: {{name: prod}}\nspec:\n  windows:\n{allow}{deny}".encode())
    before = time.process_time()
    list(faults(source))
    assert time.process_time() - before < 5
