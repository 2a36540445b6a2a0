"""The options that skip a gate of a release, and the reason that all of them need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from generator.errors import ConfigError
from generator.history.gates import Gates, Skipped, checked_reason
from generator.system import clock

ignore_window = click.option("--ignore-window", is_flag=True, help="Release outside of the windows; needs --reason.")
ignore_dependencies = click.option("--ignore-dependencies", is_flag=True, help="Do not check `dependsOn`; needs --reason.")
reason = click.option("--reason", metavar="TEXT", default=None, help="Why a gate is skipped; the commit records it.")


def gates_of(asked: Mapping[str, Any], flags: Mapping[str, str]) -> Gates:
    """Return how to ask the gates, from the options of a command; `flags` has the gate that each option skips.

    Raises UsageError for an option without a reason, and for a reason without an option.
    """
    used = {flag: gate for flag, gate in flags.items() if asked[flag.removeprefix("--").replace("-", "_")]}
    text = asked["reason"]
    if used and text is None:
        verb = "skips" if len(used) == 1 else "skip"
        raise click.UsageError(f"{' and '.join(used)} {verb} a gate: add --reason TEXT, which the commit records")
    if text is None:
        return Gates(clock.now())
    if not used:
        raise click.UsageError(f"--reason is for what skips a gate: {', '.join(flags)}")
    try:
        return Gates(clock.now(), frozenset(used.values()), checked_reason(text))
    except ConfigError as error:
        raise click.BadParameter(f"{error.message}; {error.hint}", param_hint="--reason") from None


def tell_skipped(skipped: Skipped) -> None:
    """Print which gates were skipped, and for which services."""
    by_gate: dict[str, list[str]] = {}
    for service, gates in skipped.by_service.items():
        for gate in gates:
            by_gate.setdefault(gate, []).append(service)
    for gate, services in by_gate.items():
        names = ", ".join(name for name in services if name)
        click.echo(f"skipped: {gate}{f' for {names}' if names else ''} ({skipped.reason})", err=True)


def tell_trailers(trailers: list[str]) -> None:
    """Print what a commit must say that the user makes."""
    if trailers:
        click.echo("end the message of your commit with these lines, which history reads:", err=True)
        for line in trailers:
            click.echo(f"  {line}", err=True)
