"""The services that use the charts to be released."""

from __future__ import annotations

from collections.abc import Sequence

from generator.errors import RefusedError
from generator.pipeline.run import Mode, Request, run
from generator.service.build import Built
from generator.syntax.wording import listed


def deployed(built: Sequence[Built], services: tuple[str, ...], environment: str) -> list[Built]:
    """Return the services of an environment; raises RefusedError if a named one is not deployed there."""
    found = [item for item in built if item.resolved.environment.name == environment]
    absent = set(services) - {item.resolved.service for item in found}
    if absent or not found:
        who = f"{listed(absent)} {'is' if len(absent) == 1 else 'are'} not" if absent else "no service is"
        raise RefusedError(f"{who} deployed to {environment}", "add the environment to spec.environments to deploy there")
    return found


def everybody(root: str, environment: str) -> list[Built]:
    """Return all services of an environment: a chart is checked with every service that uses it.

    Errors of services that were not named are not reported here.
    """
    built: list[Built] = []
    run(Request(root, Mode.LINT, (), (environment,), on_built=built.append))
    return built
