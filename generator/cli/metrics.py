"""The command `tiphys metrics`."""

from __future__ import annotations

import click

from generator.cli import options, running, verbosity
from generator.cli.since import instant
from generator.history.ledger.everywhere import events
from generator.history.ledger.matrix import promotion_order
from generator.history.ledger.records import NOT_HERE
from generator.history.metrics import metrics
from generator.syntax.wording import counted
from generator.system import clock


@click.command("metrics")
@click.option(
    "--since",
    metavar="TIME",
    default="90d",
    show_default=True,
    help="The start of the period: a duration such as 30d, or a date such as 2026-09-01 (UTC). It ends now.",
)
@options.rows
@verbosity.said
@click.pass_context
def command(ctx: click.Context, since: str, form: str) -> int:
    r"""Measure releases, from Git alone: how often, how fast, and how many were rolled back.

    For each environment, and for each service in it. The total is about the environments at the ends of the
    promotion chains. A release is a commit that gives a service another version in an environment.

    \b
    lead (code)       median time from the commit of the code, if it is recorded
                      (bump --code-commit with --code-checkout), to the release
    lead (first env)  median time from the first environment of the chain to this one
    rollbacks         releases of a version that the environment had before
    failed            releases that a rollback replaced, and their share of the others
    restore           median time from a failed release to its rollback
    skipped           gates that releases skipped, by gate

    What Git cannot tell: whether the cluster ran a version, failures that a newer version fixed or that an
    abort ended, and when a failure was noticed. JSON contains the definitions.

    \b
    tiphys metrics
    tiphys metrics --since 30d --format csv
    """
    from generator.report.metrics import metrics_csv, metrics_json, metrics_table

    root, loader, workspace = running.opened(ctx)
    first, now = instant(since), clock.now()
    if first >= now:
        raise click.BadParameter("the period must begin before now", param_hint="--since")
    known = loader.environments(workspace)
    order = promotion_order(known)
    found = events(root, workspace, (), order, numbers=True)
    measured = metrics(found.found, {name: known[name].promoted_from for name in order}, first, now, complete=found.complete)
    if form == "json":
        click.echo(metrics_json(measured), nl=False)
    elif form == "csv":
        click.echo(metrics_csv(measured), nl=False)
    else:
        click.echo(metrics_table(measured, running.table_width()), nl=False)
        releases = sum(line.measures.releases for line in measured.environments)
        said = f"{counted(releases, 'release')} since {since}: declared in Git, not what runs in the cluster"
        click.echo(f"{said}; see `tiphys metrics --help` for the definitions", err=True)
    if not measured.complete:
        click.echo(NOT_HERE, err=True)
    return 0
