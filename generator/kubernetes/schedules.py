"""The schedules and the time zones of CronJobs: what the API server refuses of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.syntax import cron, time_zones
from generator.syntax.wording import closest

_HINT = "write minute, hour, day of the month, month and day of the week, such as 0 3 * * 1-5, or a word such as @daily"
_ZONE_HINT = "write a name of the IANA database, such as Europe/Berlin or Etc/UTC"


class Fault(NamedTuple):
    """What is wrong with a field of a CronJob."""

    field: str
    message: str
    hint: str


def faults(spec: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the schedule and the time zone of a CronJob.

    Source: kubernetes, pkg/apis/batch/validation/validation.go, validateScheduleFormat and validateTimeZone
    """
    schedule, zone = spec.get("schedule"), spec.get("timeZone")
    if isinstance(schedule, str):
        if schedule.startswith(cron.ZONES):
            named = schedule.partition("=")[2].partition(" ")[0]
            message = f"`{schedule}` has a time zone, which a schedule cannot have"
            yield Fault("schedule", message, f"move it to `timeZone: {named}`")
        wrong = cron.fault(schedule)
        if wrong:
            yield Fault("schedule", f"`{schedule}` is not a schedule: {wrong}", _HINT)
    if isinstance(zone, str):
        yield from _of_zone(zone)


def _of_zone(text: str) -> Iterator[Fault]:
    if not text or text.lower() == "local" or not time_zones.is_known(text):
        known = time_zones.names()
        meant = next((name for name in known if name.lower() == text.lower()), "") or closest(text, sorted(known))
        yield Fault("timeZone", f"`{text}` is not a time zone", f"did you mean `{meant}`?" if meant else _ZONE_HINT)
