"""`--timings`: where the time of a command went."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from typing import Any

import click

from generator.system import timings
from generator.system.timings import Timings

OPTION = "--timings"
STDERR = "-"
_LEAST = 0.0005
"""Seconds of a stage that is printed; in JSON there is every stage."""


def taken(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option --timings to a command."""

    @click.option(
        OPTION,
        "timed",
        metavar="[=FILE]",
        default="",
        help="Time of each stage; =FILE writes JSON.",
    )
    @functools.wraps(command)
    def with_timings(*arguments: Any, timed: str, **options: Any) -> Any:
        return call_timed(lambda: command(*arguments, **options), timed) if timed else command(*arguments, **options)

    return with_timings


def call_timed(call: Callable[[], Any], path: str) -> Any:
    """Return what a call returns, and put its times into a file, or onto stderr."""
    start = time.perf_counter()
    with timings.noted() as found:
        try:
            return call()
        finally:
            found.settle()
            _put(found, time.perf_counter() - start, "" if path == STDERR else path)


def bare(words: list[str]) -> list[str]:
    """Return the arguments of a command, in which --timings without a file does not take the next one for it."""
    end = words.index("--") if "--" in words else len(words)
    return [f"{OPTION}={STDERR}" if word == OPTION else word for word in words[:end]] + words[end:]


def _put(found: Timings, seconds: float, path: str) -> None:
    if path:
        from generator.cli import running
        from generator.report.table import as_json

        running.write_text(path, as_json(_data(found, seconds)))
        return
    for line in _lines(found, seconds):
        click.echo(line, err=True)


def _data(found: Timings, seconds: float) -> dict[str, Any]:
    return {
        "version": 1,
        "seconds": round(seconds, 6),
        "stages": [{"name": name, "seconds": round(spent, 6)} for name, spent in found.stages.items()],
        "programs": [
            {"name": name, "seconds": round(one.seconds, 6), "calls": one.calls} for name, one in sorted(found.programs.items())
        ],
        "remembered": [{"name": name, **one._asdict()} for name, one in sorted(found.remembered.items())],
    }


def _lines(found: Timings, seconds: float) -> Iterator[str]:
    """Yield a table; the stages of several processes can add up to more than the whole."""
    from generator.report.table import printable
    from generator.syntax.wording import counted

    yield f"timings: {seconds:.3f} s"
    whole = sum(found.stages.values()) or 1
    for name, spent in found.stages.items():
        if spent >= _LEAST:
            yield f"  {name:<11} {spent:8.3f} s {100 * spent / whole:3.0f} %"
    for name, one in sorted(found.programs.items()):
        yield f"  {printable(name):<11} {one.seconds:8.3f} s in {counted(one.calls, 'call')}"
    for name, kept in sorted(found.remembered.items()):
        yield f"  remembered {name}: {kept.hits:,} of {kept.hits + kept.misses:,}"
