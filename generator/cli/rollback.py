"""The command `tiphys rollback`."""

from __future__ import annotations

from typing import Any

import click

from generator.cli import gating, moving, options, pull_requests, running
from generator.history.fleet import Fleet
from generator.history.gates import WINDOW
from generator.history.rollback import expectations, rollback


@click.command("rollback")
@options.service
@options.environment
@click.option(
    "--to",
    "which",
    metavar="N|COMMIT",
    default="",
    help="The release, by its number in the history or its commit; by default the previous one.",
)
@gating.ignore_window
@gating.reason
@options.commit
@pull_requests.options
@options.dry_run
@options.programs
@options.formats
@options.color
@click.pass_context
def command(
    ctx: click.Context, /, service: str, environment: str, which: str, formats: list[tuple[str, str]], color: str, **asked: Any
) -> int:
    r"""Roll a service back to an earlier release in an environment, as a new change.

    The images and the chart version are restored. Everything else is unchanged: values, replicas, strategy,
    and the contents of ConfigMaps and databases. The windows of the environment are asked, as for any release.

    \b
    tiphys rollback checkout --env prod --commit
    tiphys rollback checkout --env prod --to 12 --dry-run
    tiphys rollback checkout --env prod --ignore-window --reason "INC-4711: payments fail" --commit
    """
    gates = gating.gates_of(asked, {"--ignore-window": WINDOW})
    place = pull_requests.place_of(ctx, asked)
    fleet = Fleet(place.root)
    fleet.environment(environment)
    specs = fleet.specs([service])
    if service not in specs:
        running.stopped(ctx, fleet.outcome, fleet.root, formats, color)
        return 1
    stand = fleet.stand(specs[service], environment)
    move, back, kept = rollback(fleet, stand, which)
    expected = expectations(stand, back, kept)
    how = moving.of_options(asked, gates, "Roll back ", place=place, force=True)._replace(notes=expected)
    code = moving.carry_out(ctx, fleet, [move], how, formats, color)
    if code == 0:
        for sentence in expected:
            click.echo(sentence, err=True)
    return code
