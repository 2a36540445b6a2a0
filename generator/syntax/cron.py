"""Schedules as Kubernetes and Argo CD read them.

Source: robfig/cron v3, parser.go
"""

from __future__ import annotations

import re
from typing import NamedTuple

from generator.syntax.durations import go_seconds
from generator.syntax.wording import counted

DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
"""Words for a schedule; there is also `@every` with a duration."""

ZONES = ("TZ=", "CRON_TZ=")
"""What stands before a time zone in a schedule."""


class Field(NamedTuple):
    """One of the five fields of a schedule."""

    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    """Names of the numbers, from the least one."""


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    Field("day of the week", 0, 6, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)
_INTEGER = re.compile(r"\+?[0-9]{1,18}")


def fault(text: str, *, descriptors: bool = True) -> str:
    """Return why a schedule is not one; empty for one that is. A time zone before it is not looked at."""
    if text.startswith(ZONES):
        text = text.partition(" ")[2].strip()
    if descriptors and text.startswith("@"):
        return _descriptor(text)
    fields = text.split()
    if len(fields) != len(FIELDS):
        return f"it has {counted(len(fields), 'field')}, not 5"
    for written, field in zip(fields, FIELDS, strict=True):
        for part in filter(None, written.split(",")):
            wrong = _part(part, field)
            if wrong:
                return f"the {field.name} `{written}` {wrong}"
    return ""


def _descriptor(text: str) -> str:
    if text in DESCRIPTORS:
        return ""
    word, _, duration = text.partition(" ")
    if word != "@every":
        return f"the word `{word}` is unknown"
    return "" if go_seconds(duration) is not None else f"`{duration}` is not a duration"


def _part(part: str, field: Field) -> str:
    """Return what is wrong with one entry of a list: a number, a range or all, with or without a step."""
    span, slash, step = part.partition("/")
    ends = span.split("-")
    if slash:
        if "/" in step:
            return "has two slashes"
        if not _INTEGER.fullmatch(step) or not int(step):
            return f"has the step `{step}`, which is not a positive integer"
    if ends[0] in ("*", "?"):
        return ""
    if len(ends) > 2:
        return "has two hyphens"
    numbers = [number(end, field) for end in ends]
    for end, value in zip(ends, numbers, strict=True):
        if value is None:
            return (
                f"is not a number{' or a name of three letters' if field.words else ''}"
                if end
                else "has a range without an end"
            )
        if not field.least <= value <= field.most:
            return f"must be {field.least} to {field.most}"
    first, last = numbers[0], numbers[-1]
    return "has a range that ends before it starts" if first is not None and last is not None and first > last else ""


def number(text: str, field: Field) -> int | None:
    """Return the number that an end of a range stands for; None for anything else."""
    if text.lower() in field.words:
        return field.words.index(text.lower()) + field.least
    return int(text) if _INTEGER.fullmatch(text) else None
