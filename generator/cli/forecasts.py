"""The forecasts of what was built: which services can be planned, and with how many replicas."""

from __future__ import annotations

from collections.abc import Iterable

import click

from generator.errors import ConfigError
from generator.report.plans.of_built import is_known, set_in_application
from generator.service.build import Built
from generator.syntax.wording import listed


def known(built: Iterable[Built], service: str | None) -> list[Built]:
    """Return the services with a known workload, by name; the others are named, or refused if one was asked for."""
    every = list(built)
    unknown = sorted({item.resolved.service for item in every if not is_known(item)})
    if unknown and service:
        raise ConfigError(
            f"{service} cannot be planned: its chart has no profile, so nothing is known about its pods",
            f"write templates/profiles/{every[0].resolved.data['chart']['name']}/ (docs/templates.md)",
        )
    if unknown:
        click.echo(f"not planned, because their charts have no profile: {listed(unknown)}", err=True)
    return sorted(filter(is_known, every), key=lambda item: item.resolved.service)


def replicas_of_application(built: Built, root: str) -> int | None:
    """Return the replicas that a parameter of the generated Application sets, above all values; None without one.

    A template of the workspace may set parameters. A plan cannot know what the others change, so they are named.
    """
    found, unread = None, []
    for name, value in set_in_application(built):
        from generator.verify.provenance import provenance_of
        from generator.workspace.templates import Templates

        if provenance_of(built, Templates(root)).of_value(tuple(name.split("."))) == ("replicas",) and value.isdecimal():
            found = int(value)
        else:
            unread.append(name)
    if unread:
        service, environment = built.resolved.service, built.resolved.environment.name
        what = f"the Application of {service} sets {listed(unread)}, which is not in the plan"
        click.echo(f"{what}: see `tiphys render {service} --env {environment} --helm`", err=True)
    return found
