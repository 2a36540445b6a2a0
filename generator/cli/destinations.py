"""The option `--destination` of commands that look at one service in one environment."""

from __future__ import annotations

from collections.abc import Sequence

import click

from generator.cli.options import complete_destinations
from generator.errors import ConfigError
from generator.service.build import Built
from generator.syntax.wording import listed, unknown

destination = click.option(
    "--destination",
    metavar="D",
    default="",
    shell_complete=complete_destinations,
    help="Only this destination of the environment.",
)


def chosen(built: Sequence[Built], destination: str, environment: str) -> list[Built]:
    """Return what was built for a destination, all without a name; raises ConfigError for an unknown one."""
    known = names_of(built)
    if destination and built and not known:
        raise ConfigError(f"{environment} has no destinations: it is a single cluster", "remove --destination")
    if destination and built and destination not in known:
        raise unknown(f"destination of {environment}", destination, known)
    return [one for one in built if destination in ("", one.resolved.environment.destination)]


def names_of(built: Sequence[Built]) -> list[str]:
    """Return the destinations that services were built for, each once; none in an environment on one cluster."""
    return list(dict.fromkeys(name for one in built if (name := one.resolved.environment.destination)))


def only(built: Sequence[Built], what: str, environment: str) -> Built:
    """Return the only one that was built; raises ConfigError where one of several destinations must be chosen."""
    if len(built) > 1:
        raise ConfigError(
            f"{environment} has several destinations, but {what} is for one",
            f"add --destination with {listed(names_of(built), last='or')}",
        )
    return built[0]
