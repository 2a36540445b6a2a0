"""Schedules in cron syntax, as robfig/cron reads them for Kubernetes and Argo CD."""

from __future__ import annotations

from generator.syntax.durations import go_seconds

_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
"""The minimum and maximum of minutes, hours, days, months and days of the week."""

_SHORT = 3
_NAMES = {3: "    jan feb mar apr may jun jul aug sep oct nov dec", 4: "sun mon tue wed thu fri sat"}
"""The names of months and weekdays, each at four times its number; months count from 1, hence the four spaces."""


_ZONES = ("TZ=", "CRON_TZ=")
_WORDS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = "@every "


def is_schedule(text: str) -> bool:
    """Tell whether text is a schedule of five fields; Argo CD does not accept words such as @daily.

    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, SyncWindow.Validate; robfig/cron, parser.go
    """
    fields = text.split()
    if fields and fields[0].startswith(_ZONES):
        fields = fields[1:]
    return len(fields) == len(_FIELDS) and all(
        _is_field(part, index) for index, field in enumerate(fields) for part in field.split(",")
    )


def is_schedule_or_word(text: str) -> bool:
    """Tell whether text is a schedule of Kubernetes: five fields, a word such as @daily, or `@every 2h`.

    Source: kubernetes, pkg/apis/batch/validation; robfig/cron, ParseStandard
    """
    if text.startswith(_EVERY):
        return go_seconds(text.removeprefix(_EVERY)) is not None
    return text in _WORDS or is_schedule(text)


def has_zone(text: str) -> bool:
    """Tell whether a schedule begins with a time zone."""
    return text.startswith(_ZONES)


def _is_field(part: str, index: int) -> bool:
    span, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and int(step[:9]) > 0):
        return False
    if span in ("*", "?"):
        return True
    ends = [_number(end, index) for end in span.split("-")]
    least, most = _FIELDS[index]
    return len(ends) < 3 and least <= ends[0] <= ends[-1] <= most


def _number(text: str, index: int) -> int:
    if text.isdecimal():
        return int(text[:9])
    at = _NAMES.get(index, "").find(text.lower()) if len(text) == _SHORT else -1
    return at // 4 if at % 4 == 0 else -1
