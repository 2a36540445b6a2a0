"""The command `tiphys history`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from generator.cli import options, running, verbosity
from generator.cli.since import instant
from generator.errors import ConfigError
from generator.history.ledger import Ledger, releases
from generator.history.ledger.everywhere import Events, events
from generator.history.ledger.overrides import Recorded
from generator.history.ledger.records import NOT_HERE
from generator.history.ledger.uncommitted import OnDisk
from generator.syntax.wording import counted, listed, suggestion, unknown_service
from generator.system.files import roots
from generator.workspace.extending import no_environment
from generator.workspace.forges import forges_of
from generator.workspace.load import Loader
from generator.workspace.model import Workspace


@click.command("history")
@click.argument("service", required=False, metavar="[SERVICE]", shell_complete=options.complete_services)
@options.environments
@click.option(
    "--since",
    metavar="TIME",
    default="",
    help="Only what landed since: a duration such as 12h or 7d, or a date such as 2026-11-27 or 2026-11-27T18:00 (UTC).",
)
@click.option("--limit", "-n", type=click.IntRange(min=1), metavar="N", help="Show only the newest N releases.")
@click.option("--numbers", is_flag=True, help="Number the releases of many services, which reads the whole history.")
@click.option("--code", is_flag=True, help="Show the commit of the code that each release was built from.")
@click.option(
    "--code-checkout",
    "checkout",
    metavar="DIR",
    default="",
    help="A checkout of the code: list the commits that each release of one service in one environment brought.",
)
@options.rows
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context,
    /,
    service: str | None,
    environments: tuple[str, ...],
    since: str,
    limit: int | None,
    form: str,
    **asked: Any,
) -> int:
    r"""List releases, newest first, from Git alone.

    A release is a commit on this branch that changes an image or the chart of a service in an environment.
    Its date is that of the merge; its author is the author of what was merged. This is what was declared in
    Git, not what ran in the cluster. Gates that were skipped are shown with their reason.

    Without a service, or without an environment, the newest 20 releases of all of them are listed, or all
    since a time. They have numbers if the history is short, or with --numbers.

    \b
    tiphys history --env prod --since 12h
    tiphys history checkout --env prod
    tiphys history checkout --env prod --limit 5 --format json
    tiphys history checkout --env prod --code-checkout ../checkout
    """
    first = instant(since) if since else None
    root, loader, workspace = running.opened(ctx)
    if service and len(environments) == 1 and first is None:
        return _of_one(loader, workspace, service, environments[0], limit, form, asked)
    if asked["checkout"]:
        raise click.UsageError("--code-checkout needs a SERVICE and one --env, and no --since")
    known = loader.environments(workspace)
    for name in environments:
        if name not in known:
            raise no_environment(name, known, loader.abstract)
    limit = limit or (None if first is not None else _USUAL)
    services = [service] if service else []
    found = events(root, workspace, services, environments or list(known), since=first, limit=limit, numbers=asked["numbers"])
    if service and not found.found and service not in OnDisk(root, workspace).services:
        raise unknown_service(service, OnDisk(root, workspace).services)
    return _tell(found, since, form, workspace, code=asked["code"])


def _tell(found: Events, asked: str, form: str, workspace: Workspace, *, code: bool) -> int:
    from generator.report.events import events_csv, events_json, events_table

    if form == "json":
        click.echo(events_json(found, asked, forges_of(workspace)), nl=False)
    elif form == "csv":
        click.echo(events_csv(found), nl=False)
    else:
        click.echo(events_table(found, running.table_width(), code=code) if found.found else "", nl=False)
        older = "; older ones with --limit or --since" if found.more else ""
        click.echo(f"{counted(len(found.found), 'release')}{older}: declared in Git, not what runs in the cluster", err=True)
    if not found.complete:
        click.echo(NOT_HERE, err=True)
    return 0


def _of_one(
    loader: Loader,
    workspace: Workspace,
    service: str,
    environment: str,
    limit: int | None,
    form: str,
    asked: Mapping[str, Any],
) -> int:
    """Print all releases of one service in one environment, with their numbers."""
    from generator.history.changelog import changelogs
    from generator.report.code import code_text
    from generator.report.releases import releases_csv, releases_json, releases_table

    root = loader.root
    ledger = releases(root, workspace, service, environment, Recorded(root, workspace.output))
    disk = OnDisk(root, workspace)
    current = ledger.current.version if ledger.current else None
    pending = [] if disk.same(service, environment, current) else [disk.version(service, environment)]
    if not ledger.releases and not pending:
        known = loader.environments(workspace)
        if environment not in known and service in disk.services:
            raise no_environment(environment, known, loader.abstract)
        return _nothing(ledger, disk)
    shown = ledger.releases[:limit]
    changes = changelogs(roots.absolute(asked["checkout"]), ledger.releases, shown) if asked["checkout"] else {}
    if form == "json":
        click.echo(releases_json(ledger, shown, pending, forges_of(workspace), changes), nl=False)
    elif form == "csv":
        click.echo(releases_csv(shown), nl=False)
    else:
        code = asked["code"] or bool(asked["checkout"])
        click.echo(releases_table(ledger, shown, pending, running.table_width(), code=code), nl=False)
        click.echo(code_text(shown, changes, forges_of(workspace)) if code else "", nl=False)
        _foot(ledger, len(shown))
    if not ledger.complete:
        click.echo(NOT_HERE, err=True)
    return 0


_USUAL = 20
"""How many releases of many services are shown, unless a number or a time is asked for."""


def _foot(ledger: Ledger, shown: int) -> None:
    total = len(ledger.releases)
    said = counted(total, "release") if shown == total else f"{shown:,} of {total:,} releases"
    click.echo(f"{said} of {ledger.service} in {ledger.environment}: declared in Git, not what runs in the cluster", err=True)


def _nothing(ledger: Ledger, disk: OnDisk) -> int:
    """Print why there are no releases; raises ConfigError for an unknown service."""
    service, environment = ledger.service, ledger.environment
    if service not in disk.services:
        known = disk.services
        raise ConfigError(
            f"unknown service `{service}`: it is in no commit either", suggestion(service, known, f"known: {listed(known)}")
        )
    click.echo(f"tiphys: {service} was never released to {environment}", err=True)
    click.echo(f"  = hint: {NOT_HERE if not ledger.complete else 'add it to spec.environments to deploy it there'}", err=True)
    return 1
