"""The command `tiphys rollback`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import click

from generator.cli import gating, moving, options, pull_requests, running, verbosity
from generator.history import sets
from generator.history.carried import with_code
from generator.history.carry_out import Options
from generator.history.chart_gate import check_charts
from generator.history.fleet import Fleet, Stand
from generator.history.gates import CHART, DEPENDENCY, WINDOW
from generator.history.moves import Move
from generator.history.rollback import (
    Rollback,
    charts_missing,
    charts_needed,
    controller_does,
    expectations,
    rollback,
)
from generator.pipeline.request import Outcome
from generator.report.moved import Moved
from generator.syntax.wording import listed


@click.command("rollback")
@click.argument("service", required=False, metavar="[SERVICE]", shell_complete=options.complete_services)
@options.environment
@click.option("--all", "everything", is_flag=True, help="Roll back every service to the commit of --to.")
@click.option(
    "--to",
    "which",
    metavar="N|COMMIT",
    default="",
    help="The release, by number in the history or commit; by default the previous one. With --all, a commit.",
)
@click.option("--offline", is_flag=True, help="Do not ask the chart repository; needs --reason.")
@gating.ignore_dependencies
@gating.ignore_window
@gating.reason
@options.commit
@pull_requests.options
@options.dry_run
@options.programs
@options.formats
@options.color
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context,
    /,
    service: str | None,
    environment: str,
    which: str,
    formats: list[tuple[str, str]],
    color: str,
    **asked: Any,
) -> int:
    r"""Roll a service back to an earlier release in an environment, as a new change.

    The images and the chart version are restored. Everything else is unchanged: values, replicas, strategy,
    and the contents of ConfigMaps and databases. The windows of the environment are asked, as for any release;
    so are the chart repository, if the chart version changes, and what other services need of this one.

    With --all, every service of the environment goes back to what it ran at a commit, in one commit.

    \b
    tiphys rollback checkout --env prod --commit
    tiphys rollback checkout --env prod --to 12 --dry-run
    tiphys rollback checkout --env prod --ignore-window --reason "INC-4711: payments fail" --commit
    tiphys rollback --all --env prod --to 1f0c2d7 --commit
    """
    _check_usage(service, which, everything=asked["everything"])
    place = pull_requests.place_of(ctx, asked)
    how = moving.of_options(asked, gating.gates_of(asked, _GATES), "Roll back ", place=place, force=True, returns=True)
    fleet = Fleet(place.root)
    fleet.environment(environment)

    def carry_out(wanted: Sequence[Move], rollbacks: Sequence[tuple[Stand, Rollback]], notes: Sequence[str]) -> int:
        unchecked = _ask_for_charts(fleet, environment, rollbacks, how)
        code = moving.carry_out(ctx, fleet, wanted, how._replace(skipped=unchecked, notes=notes), formats, color)
        click.echo("\n".join(notes) if code == 0 else "", err=True, nl=code == 0)
        return code

    specs = fleet.specs([service] if service else ())
    if (service and service not in specs) or (not service and fleet.outcome.errors):
        running.stopped(ctx, fleet.outcome, fleet.root, formats, color)
        return 1  # a spec that cannot be read would be left out
    if not service:
        tell = partial(moving.tell_json, ctx, fleet, formats=formats, color=color)
        return _all(fleet, environment, which, how, carry_out, tell)
    return _one(fleet, fleet.stand(specs[service], environment), which, carry_out)


def _check_usage(service: str | None, which: str, *, everything: bool) -> None:
    if bool(service) == everything:
        raise click.UsageError("name the service to roll back, or use --all")
    if everything and not which:
        raise click.UsageError("--all needs --to COMMIT: the commit whose versions are restored")


_CarryOut = Callable[[Sequence[Move], Sequence[tuple[Stand, Rollback]], Sequence[str]], int]
_GATES = {"--offline": CHART, "--ignore-dependencies": DEPENDENCY, "--ignore-window": WINDOW}
"""The gates that options skip."""


def _ask_for_charts(
    fleet: Fleet, environment: str, rollbacks: Sequence[tuple[Stand, Rollback]], how: Options
) -> dict[str, list[str]]:
    """Ask for the charts that rollbacks bring back; return the services that were not asked for, as of the gate."""
    hints, binary = charts_missing(environment), how.programs.helm
    unchecked, warning = check_charts(fleet, charts_needed(rollbacks), environment, binary, how.gates, hints)
    if warning:
        click.echo(f"warning: {warning}", err=True)
    return unchecked


def _one(fleet: Fleet, stand: Stand, which: str, carry_out: _CarryOut) -> int:
    back = rollback(fleet, stand, which)
    return carry_out([back.move], [(stand, back)], expectations(stand, back.back, back.kept))


def _all(
    fleet: Fleet, environment: str, which: str, how: Options, carry_out: _CarryOut, tell: Callable[[Outcome, Moved], None]
) -> int:
    """Roll all services back to what they ran at a commit, and say what stays and what the cluster will do."""
    found = sets.to_restore(fleet, environment, which)
    for sentence in found.notes:
        click.echo(sentence, err=True)
    begun = sets.begun_rollback(fleet, environment, found.stood) if how.commit else []
    if not found.rollbacks and not begun:
        click.echo(f"{environment} already has the versions of commit {found.stood.short}", err=True)
        tell(fleet.outcome, Moved(how.dry_run, notes=found.notes))
        return 0
    wanted = with_code(fleet, [*(one.move for _, one in found.rollbacks), *begun], environment, sets.versions_of(found.stood))
    return carry_out(sorted(wanted, key=lambda move: move.service), found.rollbacks, [*_expected(found.rollbacks)])


def _expected(rollbacks: Sequence[tuple[Stand, Rollback]]) -> Iterator[str]:
    """Yield what rollbacks leave as it is, and what the controller will do."""
    yield "not rolled back: values, replicas, strategy, ConfigMaps and Secrets, and data"
    for stand, one in rollbacks:
        kept = f"; not rolled back: its images {listed(one.kept)}" if one.kept else ""
        yield f"{stand.spec.name}: {controller_does(stand, one.back)}{kept}"
