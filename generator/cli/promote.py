"""The command `tiphys promote`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from generator.cli import moving, options, programs, running
from generator.history import promotion
from generator.history.carry_out import Options
from generator.history.fleet import Fleet
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
@click.option("--skip-soak", is_flag=True, help="Skip the soak time that B requires.")
@click.option("--offline", is_flag=True, help="Do not check that B's chart repository has the chart.")
@click.option("--force", is_flag=True, help="Allow a downgrade.")
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
    policy is met, and that B's chart repository has the chart.

    \b
    tiphys promote checkout --from dev --to prod --dry-run
    tiphys promote --all --from staging --to prod --commit
    """
    fleet = Fleet(running.workspace_root(ctx))
    promotion.check_chain(fleet, source, target)
    if bool(services) == asked["everything"]:
        raise click.UsageError("name the services to promote, or use --all")
    how = Options(
        force=asked["force"],
        commit=asked["commit"],
        dry_run=asked["dry_run"],
        subject=lambda said: f"Promote {said}",
        programs=programs.of_options(asked),
    )
    pairs = promotion.standing(fleet, services, source, target)
    if fleet.outcome.errors and running.stopped(ctx, fleet.outcome, fleet.root, formats, color):
        return 1  # a spec that cannot be read would be left out
    begun = promotion.interrupted(fleet, source, target, force=how.force) if asked["everything"] and how.commit else []
    if not pairs and not begun:
        click.echo(f"{target} already has the versions of {source}", err=True)
        return 0
    _check(fleet, pairs, source, target, asked)
    for name, stays in promotion.staying(pairs) if how.dry_run else ():
        click.echo(f"{name}: unchanged in {target}:  {listed(stays)}")
    wanted = [*(promotion.promotion(pair, source, target) for pair in pairs), *begun]
    return moving.carry_out(ctx, fleet, sorted(wanted, key=lambda move: move.service), how, formats, color)


def _check(fleet: Fleet, pairs: Sequence[Pair], source: str, target: str, asked: dict[str, Any]) -> None:
    """Check the preconditions that are not skipped; warn about charts that were not looked for."""
    names = [before.spec.name for before, _ in pairs]
    if names:
        promotion.check_drift(fleet, names, source, programs.of_options(asked))
    if not asked["skip_soak"]:
        promotion.check_soak(fleet, names, source, target)
    warning = promotion.check_charts(fleet, pairs, target, asked["helm"], offline=asked["offline"])
    if warning:
        click.echo(f"warning: {warning}", err=True)
