"""The option `--since`: how far back a command looks."""

from __future__ import annotations

import click

from generator.syntax import calendar
from generator.syntax.durations import seconds
from generator.system import clock


def instant(text: str) -> int:
    """Return the instant that --since names, as seconds since 1970; raises BadParameter."""
    try:
        return clock.now() - int(seconds(text))
    except (ValueError, OverflowError):
        pass
    try:
        return calendar.instant_of(text)
    except (ValueError, OverflowError):
        hint = "write a duration such as 12h or 7d, or a date such as 2026-11-27"
        raise click.BadParameter(f"`{text}` is neither a duration nor a date; {hint}", param_hint="--since") from None
