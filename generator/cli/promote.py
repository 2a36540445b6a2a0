"""The command `tiphys promote`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from generator.cli import gating, moving, options, running
from generator.history import promotion
from generator.history.carried import with_code
from generator.history.carry_out import Options
from generator.history.fleet import Fleet
from generator.history.gates import CHART, DOWNGRADE, SOAK, WINDOW
from generator.history.promotion import Pair
from generator.syntax.wording import listed


@click.command("promote")
@options.services
@click.option(
    "--from",
    "source",
    required=True,
    metavar="A",
    shell_complete=options.complete_environments,
    help="Environment to promote from.",
)
@click.option(
    "--to",
    "target",
    required=True,
    metavar="B",
    shell_complete=options.complete_environments,
    help="Environment to promote to.",
)
@click.option("--all", "everything", is_flag=True, help="Promote every service whose version differs in B.")
@click.option("--skip-soak", is_flag=True, help="Skip the soak time that B requires; needs --reason.")
@click.option("--offline", is_flag=True, help="Do not check that B's chart repository has the chart; needs --reason.")
@click.option("--force", is_flag=True, help="Allow a downgrade; needs --reason.")
@gating.ignore_window
@gating.reason
@options.commit
@options.dry_run
@options.programs
@options.formats
@options.color
@click.pass_context
def command(
    ctx: click.Context,
    /,
    services: tuple[str, ...],
    source: str,
    target: str,
    formats: list[tuple[str, str]],
    color: str,
    **asked: Any,
) -> int:
    r"""Copy the images and chart version of services from one environment to the next, and nothing else.

    Promotion follows the chain that environments declare. Before anything is written, Tiphys checks that
    the release has been in A for the soak time that B requires, that nothing has drifted in A, that B's
    windows are open, that its policy is met, and that its chart repository has the chart. What skips one of
    these needs --reason, and the commit records it.

    \b
    tiphys promote checkout --from dev --to prod --dry-run
    tiphys promote --all --from staging --to prod --commit
    tiphys promote checkout --from dev --to prod --skip-soak --reason "INC-4711: payments fail" --commit
    """
    gates = gating.gates_of(asked, _GATES)
    fleet = Fleet(running.workspace_root(ctx))
    promotion.check_chain(fleet, source, target)
    if bool(services) == asked["everything"]:
        raise click.UsageError("name the services to promote, or use --all")
    how = moving.of_options(asked, gates, "Promote ", force=asked["force"])
    pairs = promotion.standing(fleet, services, source, target)
    if fleet.outcome.errors and running.stopped(ctx, fleet.outcome, fleet.root, formats, color):
        return 1  # a spec that cannot be read would be left out
    begun = promotion.interrupted(fleet, source, target, force=how.force) if asked["everything"] and how.commit else []
    if not pairs and not begun:
        click.echo(f"{target} already has the versions of {source}", err=True)
        return 0
    written = promotion.standing(fleet, [move.service for move in begun], source, target) if begun else []
    how = how._replace(skipped=_check(fleet, [*pairs, *written], source, target, how))
    for name, stays in promotion.staying(pairs) if how.dry_run else ():
        click.echo(f"{name}: unchanged in {target}:  {listed(stays)}")
    promoted = [*(promotion.promotion(pair, source, target) for pair in pairs), *begun]
    wanted = with_code(fleet, promoted, source, [before for before, _ in [*pairs, *written]])
    return moving.carry_out(ctx, fleet, sorted(wanted, key=lambda move: move.service), how, formats, color)


_GATES = {"--skip-soak": SOAK, "--offline": CHART, "--force": DOWNGRADE, "--ignore-window": WINDOW}
"""The gates that options skip."""


def _check(fleet: Fleet, pairs: Sequence[Pair], source: str, target: str, how: Options) -> dict[str, list[str]]:
    """Check the preconditions, and return the services by each that was skipped; warn about charts not looked for."""
    names = [before.spec.name for before, _ in pairs]
    if names:
        promotion.check_drift(fleet, names, source, how.programs)
    skipped = promotion.check_soak(fleet, names, source, target, how.gates)
    unchecked, warning = promotion.check_charts(fleet, pairs, target, how.programs.helm, how.gates)
    if warning:
        click.echo(f"warning: {warning}", err=True)
    return {**skipped, **unchecked}
