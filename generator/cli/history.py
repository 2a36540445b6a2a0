"""The command `tiphys history`."""

from __future__ import annotations

import click

from generator.cli import options, running
from generator.errors import ConfigError
from generator.history.ledger import Ledger, releases
from generator.history.ledger.overrides import Recorded
from generator.history.ledger.records import NOT_HERE
from generator.history.ledger.uncommitted import OnDisk
from generator.syntax.wording import counted, listed, suggestion
from generator.workspace.extending import no_environment


@click.command("history")
@options.service
@options.environment
@click.option("--limit", "-n", type=click.IntRange(min=1), metavar="N", help="Show only the newest N releases.")
@options.rows
@click.pass_context
def command(ctx: click.Context, service: str, environment: str, limit: int | None, form: str) -> int:
    r"""List the releases of a service in an environment, newest first, from Git alone.

    A release is a commit on this branch that changes an image or the chart of the service in the
    environment. Its date is that of the merge; its author is the author of what was merged. This is what
    was declared in Git, not what ran in the cluster. Gates that were skipped are shown with their reason.

    \b
    tiphys history checkout --env prod
    tiphys history checkout --env prod --limit 5 --format json
    """
    from generator.report.releases import releases_csv, releases_json, releases_table

    root, loader, workspace = running.opened(ctx)
    ledger = releases(root, workspace, service, environment, Recorded(root, workspace.output))
    disk = OnDisk(root, workspace)
    current = ledger.current.version if ledger.current else None
    pending = [] if disk.same(service, environment, current) else [disk.version(service, environment)]
    if not ledger.releases and not pending:
        environments = loader.environments(workspace)
        if environment not in environments and service in disk.services:
            raise no_environment(environment, environments, loader.abstract)
        return _nothing(ledger, disk)
    shown = ledger.releases[:limit]
    if form == "json":
        click.echo(releases_json(ledger, shown, pending), nl=False)
    elif form == "csv":
        click.echo(releases_csv(shown), nl=False)
    else:
        click.echo(releases_table(ledger, shown, pending, running.table_width()), nl=False)
        _foot(ledger, len(shown))
    if not ledger.complete:
        click.echo(NOT_HERE, err=True)
    return 0


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
