"""`tiphys plan --promote A:B`: one plan for all that a promotion releases."""

from __future__ import annotations

import click

from generator.cli import forecasts, running
from generator.cli.canvases import canvas_for
from generator.errors import ConfigError
from generator.history import promotion, sets
from generator.history.edits import edits_of
from generator.history.fleet import Fleet
from generator.history.promotion import Pair
from generator.pipeline.run import Mode, Request, run
from generator.plan.sets import set_plan
from generator.report.plans.of_built import forecast_of
from generator.report.plans.of_set import Promoted, render_set
from generator.service.build import Built
from generator.service.dependencies import dependencies_of, stages
from generator.syntax.wording import counted
from generator.system import clock


def run_plan(ctx: click.Context, promote: str, at: str, formats: list[tuple[str, str]], color: str) -> int:
    """Print the plan of a promotion of all services, as they are or as they were at a commit; nothing is written."""
    source, colon, target = promote.partition(":")
    if not (source and colon and target):
        raise click.UsageError("--promote takes two environments: --promote staging:prod")
    fleet = Fleet(running.workspace_root(ctx), writes=False)
    promotion.check_chain(fleet, source, target)
    pairs, notes, of = _wanted(fleet, source, target, at)
    if fleet.outcome.errors and running.stopped(ctx, fleet.outcome, fleet.root, [("text", "")], color):
        return 1
    for note in notes:
        click.echo(note, err=True)
    if not pairs:
        click.echo(f"{target} already has the versions of {source}{of}", err=True)
        return 0
    built = _built(fleet, pairs, source, target)
    known = forecasts.known(built, None)
    _tell_unplanned([before.spec.name for before, _ in pairs], built)
    if not known:
        raise ConfigError("none of the services can be planned", "run `tiphys lint`")
    found = [forecast_of(one, replicas=forecasts.replicas_of_application(one, fleet.root)) for one in known]
    needs = {
        name: [needed.service for needed in dependencies_of(spec, target)]
        for name, spec in fleet.specs().items()
        if target in spec.environments
    }
    plan = set_plan(target, found, stages(needs, {one.service for one in found}))
    promoted = Promoted(plan, f"{target} after a promotion from {source}{of}", tuple(notes))
    for name, path in formats:
        running.put(render_set(promoted, name, canvas_for(path, color)), path)
    return 0


def _wanted(fleet: Fleet, source: str, target: str, at: str) -> tuple[list[Pair], list[str], str]:
    """Return what is promoted, what is to be said of the set, and which commit it is of."""
    if not at:
        pairs = promotion.standing(fleet, (), source, target)
        return pairs, promotion.unasked(pairs), ""
    found = sets.to_promote(fleet, source, target, at, clock.now())
    return found.pairs, found.notes, f" at commit {found.stood.short}"


def _built(fleet: Fleet, pairs: list[Pair], source: str, target: str) -> list[Built]:
    """Return the services of a promotion as they are built after it."""
    specs = {before.spec.name: before.spec for before, _ in pairs}
    moves = [promotion.promotion(pair, source, target) for pair in pairs]
    overlay = {path: file.wanted for path, file in edits_of(fleet, specs, moves, force=True).edited.items()}
    built: list[Built] = []
    run(Request(fleet.root, Mode.LINT, tuple(specs), (target,), on_built=built.append, overlay=overlay, parsed=fleet.parsed))
    return built


def _tell_unplanned(names: list[str], built: list[Built]) -> None:
    missing = sorted({*names} - {one.resolved.service for one in built})
    if missing:
        what = counted(len(missing), "service")
        click.echo(f"{what} could not be planned because of errors: {', '.join(missing)}; run `tiphys lint`", err=True)
