"""The command `tiphys promote`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import click

from generator.cli import gating, moving, options, pull_requests, running, verbosity
from generator.history import promotion, sets
from generator.history.carried import with_code
from generator.history.carry_out import Options
from generator.history.chart_gate import check_charts
from generator.history.fleet import Fleet
from generator.history.gates import CHART, DEPENDENCY, DOWNGRADE, SOAK, WINDOW
from generator.history.ledger.together import Together
from generator.history.moves import Move
from generator.history.promotion import Pair
from generator.history.ranges import Ranges
from generator.history.soak import check_soak
from generator.report.moved import Moved
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
@click.option("--all", "everything", is_flag=True, help="Promote every service that differs in B.")
@click.option(
    "--at",
    metavar="COMMIT",
    default="",
    help="With --all, the set that A had at a commit.",
)
@click.option("--skip-soak", is_flag=True, help="Skip the soak time of B; needs --reason.")
@click.option("--offline", is_flag=True, help="Do not ask B's chart repository; needs --reason.")
@click.option("--force", is_flag=True, help="Allow a downgrade; needs --reason.")
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
    services: tuple[str, ...],
    source: str,
    target: str,
    formats: list[tuple[str, str]],
    color: str,
    **asked: Any,
) -> int:
    r"""Copy the images and chart version of services from one environment to the next, and nothing else.

    Promotion follows the chain that environments declare. Before anything is written, Tiphys checks the
    soak time that B requires, drift in A, B's windows and policy, the dependencies of services, and that
    B's chart repository has the chart. What skips one of these needs --reason, and the commit records it.

    \b
    tiphys promote checkout --from dev --to staging --dry-run
    tiphys promote --all --from staging --to prod --commit
    tiphys promote --all --at 1f0c2d7 --from staging --to prod --commit
    tiphys promote checkout --from staging --to prod --skip-soak --reason "INC-4711: payments fail" --commit
    """
    gates = gating.gates_of(asked, _GATES)
    place = pull_requests.place_of(ctx, asked)
    fleet = Fleet(place.root)
    promotion.check_chain(fleet, source, target)
    if bool(services) == asked["everything"]:
        raise click.UsageError("name the services to promote, or use --all")
    if asked["at"] and not asked["everything"]:
        raise click.UsageError("--at needs --all: it promotes the set of versions that stood at the commit")
    how = moving.of_options(asked, gates, "Promote ", place=place, force=asked["force"])
    wanted = _wanted(fleet, services, source, target, how, asked)
    if fleet.outcome.errors and running.stopped(ctx, fleet.outcome, fleet.root, formats, color):
        return 1  # a spec that cannot be read would be left out
    return _promote(ctx, fleet, wanted, source, target, how, formats, color)


def _promote(
    ctx: click.Context,
    fleet: Fleet,
    wanted: _Wanted,
    source: str,
    target: str,
    how: Options,
    formats: list[tuple[str, str]],
    color: str,
) -> int:
    """Ask the gates, and carry out the promotion."""
    for sentence in wanted.notes:
        click.echo(sentence, err=True)
    if not wanted.pairs and not wanted.begun:
        click.echo(f"{target} already has the versions of {source}{_of_commit(wanted.stood)}", err=True)
        moving.tell_json(ctx, fleet, fleet.outcome, Moved(how.dry_run, notes=wanted.notes), formats, color)
        return 0
    how = how._replace(skipped=_check(fleet, wanted, source, target, how))
    for name, stays in promotion.staying(wanted.pairs) if how.dry_run else ():
        click.echo(f"{name}: unchanged in {target}:  {listed(stays)}", err=options.is_json(formats))
    promoted = [*(promotion.promotion(pair, source, target) for pair in wanted.pairs), *wanted.begun]
    versions = {before.spec.name: before.declared for before, _ in [*wanted.pairs, *wanted.written]}
    moves = with_code(fleet, promoted, source, versions)
    return moving.carry_out(ctx, fleet, sorted(moves, key=lambda move: move.service), how, formats, color)


_GATES = {
    "--skip-soak": SOAK,
    "--offline": CHART,
    "--force": DOWNGRADE,
    "--ignore-dependencies": DEPENDENCY,
    "--ignore-window": WINDOW,
}
"""The gates that options skip."""


class _Wanted(NamedTuple):
    """What is promoted."""

    pairs: Sequence[Pair]
    begun: Sequence[Move] = ()
    """What a killed run wrote without committing it."""
    written: Sequence[Pair] = ()
    """The pairs of `begun`: the gates are asked for them as well."""
    notes: Sequence[str] = ()
    stood: Together | None = None
    """The set of an earlier commit; None for the versions of now."""


def _wanted(fleet: Fleet, services: Sequence[str], source: str, target: str, how: Options, asked: Mapping[str, Any]) -> _Wanted:
    resumes = asked["everything"] and how.commit
    if not asked["at"]:
        ranges = Ranges(how.programs.helm, offline=asked["offline"])
        pairs = promotion.standing(fleet, services, source, target, ranges)
        begun = promotion.interrupted(fleet, source, target, ranges, force=how.force) if resumes else []
        written = promotion.standing(fleet, [move.service for move in begun], source, target, ranges) if begun else []
        return _Wanted(pairs, begun, written)
    found = sets.to_promote(fleet, source, target, asked["at"], how.gates.now)
    begun = sets.begun_promotion(fleet, source, target, found.stood, force=how.force) if resumes else []
    written = sets.pairs_named(fleet, [move.service for move in begun], source, target, found.stood)
    return _Wanted(found.pairs, begun, written, found.notes, found.stood)


def _of_commit(stood: Together | None) -> str:
    return f" at commit {stood.short}" if stood else ""


def _check(fleet: Fleet, wanted: _Wanted, source: str, target: str, how: Options) -> dict[str, list[str]]:
    """Check the preconditions, and return the services by each that was skipped; warn about charts not looked for."""
    pairs = [*wanted.pairs, *wanted.written]
    befores = [before for before, _ in pairs]
    if pairs:
        names = [before.spec.name for before in befores]
        promotion.check_drift(fleet, names, source, how.programs, wanted.stood.commit if wanted.stood else "")
    for remark in promotion.check_ranges(pairs):
        click.echo(remark, err=True)
    skipped = check_soak(fleet, befores, source, target, how.gates, wanted.stood)
    hints = promotion.charts_missing(source, target)
    unchecked, warning = check_charts(fleet, promotion.charts_needed(pairs), target, how.programs.helm, how.gates, hints)
    if warning:
        click.echo(f"warning: {warning}", err=True)
    return {**skipped, **unchecked}
