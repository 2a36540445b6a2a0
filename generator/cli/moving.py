"""Print what a move did: the common part of bump, promote and rollback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from generator.cli import gating, programs, running
from generator.history import carry_out as moving
from generator.history.carry_out import Done, Options
from generator.history.fleet import Fleet
from generator.history.gates import Gates
from generator.history.moves import Move
from generator.syntax.wording import counted, listed


def of_options(asked: Mapping[str, Any], gates: Gates, verb: str = "", *, force: bool, returns: bool = False) -> Options:
    """Return how moves are carried out, from the options of a command; the subject of a commit begins with the verb."""
    return Options(
        gates,
        force=force,
        commit=asked["commit"],
        dry_run=asked["dry_run"],
        returns=returns,
        subject=lambda said: f"{verb}{said}",
        programs=programs.of_options(asked),
    )


def carry_out(
    ctx: click.Context, fleet: Fleet, wanted: Sequence[Move], options: Options, formats: list[tuple[str, str]], color: str
) -> int:
    """Edit the specs, regenerate, report what was done, and commit it with --commit."""
    running.tell_completed(fleet.completed)
    specs = fleet.specs([move.service for move in wanted])
    if running.stopped(ctx, fleet.outcome, fleet.root, formats, color):
        return 1
    done = moving.carry_out(fleet, specs, wanted, options)
    programs.tell_remark(done.outcome)
    if done.outcome.blocked:
        overlay = {path: file.wanted for path, file in done.work.edited.items()}
        running.report(ctx, done.outcome, fleet.root, formats, color, overlay=overlay)
        click.echo(f"{running.summary(done.outcome)}; nothing was written", err=True)
        return done.outcome.failure
    for move, changed in done.work.told:
        along = done.work.carried.get(move.service)
        also = f" (also {listed(along, most=4)})" if along else ""
        click.echo(f"{move.service} {move.environment}: {', '.join(map(str, changed)) or 'no change'}{also}")
    for sentence in done.work.left:
        click.echo(f"warning: {sentence}", err=True)
    gating.tell_skipped(done.skipped)
    return _finish(fleet, done, options)


def _finish(fleet: Fleet, done: Done, options: Options) -> int:
    said = f"{counted(len(done.specs), 'spec')} and {counted(len(done.files), 'generated file')}"
    if options.dry_run:
        click.echo(f"would change {said}", err=True)
        return 0
    if not done.specs and not done.files and not done.work.written:
        click.echo("nothing to change", err=True)
        return 0
    click.echo(f"changed {said}", err=True)
    if options.commit:
        if done.work.written:
            click.echo("an interrupted run had written the rest without committing it", err=True)
        click.echo(f"committed {moving.commit(fleet, done, options.subject)}", err=True)
    else:
        gating.tell_trailers(moving.trailers_to_commit(done))
    return 0
