"""The command `tiphys status`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from generator.cli import at_once, options, running, verbosity
from generator.history.ledger.matrix import Matrix
from generator.history.ledger.records import NOT_HERE
from generator.history.ledger.standing import Remembered
from generator.pipeline.run import Outcome
from generator.syntax.wording import counted, unknown_service
from generator.system import clock
from generator.system.itself import identity
from generator.system.store import Store
from generator.workspace.extending import no_environment

if TYPE_CHECKING:
    from generator.history.windows import WindowState
    from generator.workspace.model import Environment


@click.command("status")
@options.services
@options.environments
@options.rows
@options.helm
@click.option("--offline", is_flag=True, help="Do not ask chart repositories which versions ranges stand for.")
@options.no_cache
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context,
    services: tuple[str, ...],
    environments: tuple[str, ...],
    form: str,
    helm: str,
    *,
    offline: bool,
    no_cache: bool,
) -> int:
    r"""Show which release every service has in every environment, since when, and by whom.

    Environments are in promotion order. "Behind" counts the releases that a service lacks compared with the
    environment it is promoted from. Below the table, the release windows say which environments are open now,
    and until when. This is what is declared in Git, not what runs in the cluster. For a chart that is taken by a
    range, the chart repository is asked for its newest version.

    \b
    tiphys status
    tiphys status checkout --env prod
    tiphys status --format csv
    """
    root, loader, workspace = running.opened(ctx)
    known = loader.environments(workspace)
    outcome = Outcome(workspace, loader.problems())
    if outcome.errors:  # a warning is for `lint`: whoever asks what runs needs an answer
        running.report(ctx, outcome, root, [("text", "")], "auto")
        click.echo(running.summary(outcome), err=True)
        return 1
    for name in environments:
        if name not in known:
            raise no_environment(name, known, loader.abstract)
    place = at_once.store_of(root, wanted=not no_cache)
    made_of = identity(place) if place.folder else ""
    remembered = Remembered(place if made_of else Store(""), made_of, root, workspace, known)
    found = remembered.matrix(services, environments)
    missing = [name for name in services if name not in {row.service for row in found.rows}]
    if missing:
        raise unknown_service(missing[0], {row.service for row in remembered.matrix().rows})
    found = found if offline else _with_newest(root, found, helm)
    _tell(found, _windows(found, known), form)
    return 0


def _tell(found: Matrix, windows: Sequence[WindowState], form: str) -> None:
    from generator.report.matrix import matrix_csv, matrix_json, matrix_table

    if form == "json":
        click.echo(matrix_json(found, windows), nl=False)
    elif form == "csv":
        click.echo(matrix_csv(found, windows), nl=False)
    else:
        click.echo(matrix_table(found, running.table_width()), nl=False)
        _tell_windows(windows)
        click.echo(_foot(found), err=True)
    if not found.complete:
        click.echo(NOT_HERE, err=True)


def _with_newest(root: str, found: Matrix, helm: str) -> Matrix:
    """Return the matrix with what ranges stand for; few workspaces have any."""
    if not any(cell.may_have_range for row in found.rows for cell in row.cells.values()):
        return found
    from generator.history.fleet import Fleet
    from generator.history.newest import with_newest
    from generator.history.ranges import Ranges

    found, reasons = with_newest(Fleet(root, writes=False), found, Ranges(helm))
    for reason in reasons:
        click.echo(f"{reason}; the newest version is left out", err=True)
    return found


def _windows(found: Matrix, known: Mapping[str, Environment]) -> Sequence[WindowState]:
    """Return what the windows say now about the services that are shown."""
    deployed: dict[str, list[str]] = {name: [] for name in found.environments if known[name].spec.get("windows")}
    for row in found.rows:
        for name in row.cells.keys() & deployed.keys():
            deployed[name].append(row.service)
    if not deployed:
        return ()
    from generator.history.windows import states  # few workspaces have any, and time zones take time to load

    return states(known, deployed, clock.now())


def _tell_windows(windows: Sequence[WindowState]) -> None:
    if windows:
        from generator.report.windows import sentence

        click.echo("".join(["\n", *(f"{sentence(state)}\n" for state in windows)]), nl=False)


def _foot(found: Matrix) -> str:
    cells = [cell for row in found.rows for cell in row.cells.values()]
    late = sum(bool(cell.behind and cell.behind.releases) for cell in cells)
    said = f", {late:,} behind" if late else ""
    services, environments = counted(len(found.rows), "service"), counted(len(found.environments), "environment")
    return f"{services} in {environments}{said}: declared in Git, not what runs in the cluster"
