"""`--verbose`: what a command reads, uses and skips, said on stderr as it becomes known; its times at the end."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from generator.cli import timing
from generator.system import verbose

Command = Callable[..., Any]


def said(command: Command) -> Command:
    """Add the option --verbose to a command."""
    return _with_option(command, times=True)


def said_without_times(command: Command) -> Command:
    """Add the option --verbose to a command that runs until it is stopped: how long it ran says nothing."""
    return _with_option(command, times=False)


def _with_option(command: Command, *, times: bool) -> Command:
    @click.option("--verbose", "-v", "is_verbose", is_flag=True, help="Say what is read, used and skipped.")
    @functools.wraps(command)
    def with_verbose(*arguments: Any, is_verbose: bool, **options: Any) -> Any:
        if not is_verbose:
            return command(*arguments, **options)
        if options.get("quiet"):
            raise click.UsageError("--verbose and --quiet exclude each other: remove one of them")
        with verbose.telling(_say):
            if not times:
                return command(*arguments, **options)
            if "timed" in options:
                return command(*arguments, **{**options, "timed": options["timed"] or timing.STDERR})
            return timing.call_timed(lambda: command(*arguments, **options), timing.STDERR)

    return with_verbose


def _say(topic: str, text: str) -> None:
    from generator.report.table import printable
    from generator.syntax.secrets.masking import masked

    click.echo("\n".join(printable(masked(line)) for line in f"{topic}: {text}".split("\n")), err=True)
