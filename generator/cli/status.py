"""The command `tiphys status`."""

from __future__ import annotations

import click

from generator.cli import options, running
from generator.history.ledger.matrix import Matrix, matrix
from generator.history.ledger.records import NOT_HERE
from generator.history.ledger.story import Story
from generator.pipeline.run import Outcome
from generator.syntax.wording import counted, unknown
from generator.workspace.extending import no_environment


@click.command("status")
@options.services
@options.environments
@options.rows
@click.pass_context
def command(ctx: click.Context, services: tuple[str, ...], environments: tuple[str, ...], form: str) -> int:
    r"""Show which release every service has in every environment, since when, and by whom.

    Environments are in promotion order. "Behind" counts the releases that a service lacks compared with the
    environment it is promoted from. This is what is declared in Git, not what runs in the cluster.

    \b
    tiphys status
    tiphys status checkout --env prod
    tiphys status --format csv
    """
    from generator.report.matrix import matrix_csv, matrix_json, matrix_table

    root, loader, workspace = running.opened(ctx)
    known = loader.environments(workspace)
    problems = loader.problems()
    if problems:
        outcome = Outcome(workspace, problems)
        running.report(ctx, outcome, root, [("text", "")], "auto")
        click.echo(running.summary(outcome), err=True)
        return 1
    for name in environments:
        if name not in known:
            raise no_environment(name, known, loader.abstract)
    story = Story(root, workspace)
    found = matrix(story, known, services, environments)
    missing = [name for name in services if name not in {row.service for row in found.rows}]
    if missing:
        raise unknown("service", missing[0], {row.service for row in matrix(story, known).rows})
    if form == "json":
        click.echo(matrix_json(found), nl=False)
    elif form == "csv":
        click.echo(matrix_csv(found), nl=False)
    else:
        click.echo(matrix_table(found, running.table_width()), nl=False)
        click.echo(_foot(found), err=True)
    if not found.complete:
        click.echo(NOT_HERE, err=True)
    return 0


def _foot(found: Matrix) -> str:
    cells = [cell for row in found.rows for cell in row.cells.values()]
    late = sum(bool(cell.behind and cell.behind.releases) for cell in cells)
    said = f", {late:,} behind" if late else ""
    services, environments = counted(len(found.rows), "service"), counted(len(found.environments), "environment")
    return f"{services} in {environments}{said}: declared in Git, not what runs in the cluster"
