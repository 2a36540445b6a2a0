"""Print what a move did: the common part of bump, promote and rollback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from generator.cli import gating, programs, pull_requests, running
from generator.cli.options import is_json
from generator.cli.pull_requests import Place
from generator.history import carry_out as moving
from generator.history.branch_contents import Scope
from generator.history.carry_out import Done, Options
from generator.history.fleet import Fleet
from generator.history.gates import Gates
from generator.history.moves import Move
from generator.history.own_branch import OwnBranch
from generator.pipeline.request import Outcome
from generator.report.moved import Branch, Moved, added
from generator.syntax.commit_ids import short_id
from generator.syntax.wording import counted, listed


def of_options(
    asked: Mapping[str, Any], gates: Gates, verb: str = "", *, place: Place, force: bool, returns: bool = False
) -> Options:
    """Return how moves are carried out, from the options of a command; the subject of a commit begins with the verb."""
    return Options(
        gates,
        force=force,
        commit=asked["commit"] or place.branch is not None,
        dry_run=asked["dry_run"],
        returns=returns,
        subject=lambda said: f"{verb}{said}",
        programs=programs.of_options(asked),
        branch=place.branch,
        body=asked["body"],
        every=bool(asked.get("everything")),
    )


def carry_out(
    ctx: click.Context, fleet: Fleet, wanted: Sequence[Move], options: Options, formats: list[tuple[str, str]], color: str
) -> int:
    """Edit the specs, regenerate, report what was done, and commit it with --commit."""
    check_stdout(options, formats)
    running.tell_completed(fleet.completed)
    specs = fleet.specs([move.service for move in wanted])
    if running.stopped(ctx, fleet.outcome, fleet.root, formats, color):
        return 1
    if options.branch:
        options.branch.check_committed([spec.source.path for spec in specs.values()])
        options.branch.check_deployed(fleet.workspace.target_revision)
    done = moving.carry_out(fleet, specs, wanted, options)
    programs.tell_remark(done.outcome)
    if done.outcome.blocked:
        overlay = {path: file.wanted for path, file in done.work.edited.items()}
        running.report(ctx, done.outcome, fleet.root, formats, color, overlay=overlay)
        click.echo(f"{running.summary(done.outcome)}; nothing was written", err=True)
        return done.outcome.failure
    _tell(done, aside=options.body == "-" or is_json(formats))
    tell_json(ctx, fleet, done.outcome, _finish(fleet, done, options), formats, color)
    return 0


def check_stdout(options: Options, formats: list[tuple[str, str]]) -> None:
    """Raise a usage error if stdout is asked to hold two documents."""
    if options.body == "-" and is_json(formats):
        raise click.UsageError("--body - and --format json both write to stdout: write one of them to a file")


def tell_json(
    ctx: click.Context, fleet: Fleet, outcome: Outcome, moved: Moved, formats: list[tuple[str, str]], color: str
) -> None:
    """Print what was moved as a part of the report, in the formats that are JSON."""
    documents = [(form, path) for form, path in formats if form == "json"]
    shown = outcome._replace(compared=False)
    running.report(ctx, shown, fleet.root, documents, color, lambda form, text: added(form, text, moved))


def _tell(done: Done, *, aside: bool) -> None:
    """Print what changes, to stdout or, with `aside`, to stderr."""
    for move, changed in done.work.told:
        along = done.work.carried.get(move.service)
        also = f" (also {listed(along, most=4)})" if along else ""
        said = f"{move.service} {move.environment}: {', '.join(map(str, changed)) or 'no change'}{also}"
        click.echo(said, err=aside)
    for sentence in done.work.left:
        click.echo(f"warning: {sentence}", err=True)
    gating.tell_skipped(done.skipped)


def _finish(fleet: Fleet, done: Done, options: Options) -> Moved:
    """Commit, and write the text of the pull request, as far as these are asked for; return what was moved."""
    work = done.work
    moved = Moved(options.dry_run, work.told, work.carried, done.specs, done.outcome.changes, skipped=done.skipped)
    moved = moved._replace(warnings=work.left, notes=options.notes)
    said = f"{counted(len(done.specs), 'spec')} and {counted(len(done.files), 'generated file')}"
    is_nothing = not done.specs and not done.files and not work.written
    if is_nothing and not options.dry_run:
        click.echo("nothing to change", err=True)
        return moved
    text = pull_requests.body_of(fleet, done, options) if options.body and not is_nothing else ""
    if options.dry_run:
        if options.branch:
            options.branch.check_tips(_scope(fleet, done, options, options.branch))
        click.echo(f"would change {said}", err=True)
    else:
        if not options.branch:
            click.echo(f"changed {said}", err=True)
        moved = _kept(fleet, done, options, moved)
    if text:
        running.put(text, "" if options.body == "-" else options.body)
    return moved


def _kept(fleet: Fleet, done: Done, options: Options, moved: Moved) -> Moved:
    """Commit what changed, to the current branch or to one of its own, or tell what a commit by hand must say."""
    if not options.commit:
        trailers = moving.trailers_to_commit(done)
        gating.tell_trailers(trailers)
        return moved._replace(trailers=trailers)
    if done.work.written:
        click.echo("the commit includes what an earlier run wrote and did not commit", err=True)
    branch = options.branch
    if branch is None:
        made = moving.commit(fleet, done, options.subject)
        click.echo(f"committed {short_id(made)}", err=True)
        return moved._replace(commit=made)
    branch.commit(moving.message(done.work.told, options.subject, done.skipped))
    landed = branch.land(_scope(fleet, done, options, branch))
    pull_requests.tell_landed(branch, landed)
    return moved._replace(commit=landed.commit, branch=Branch(branch.asked.name, branch.asked.remote, landed.before))


def _scope(fleet: Fleet, done: Done, options: Options, branch: OwnBranch) -> Scope:
    return branch.scope([move for move, _ in done.work.told], fleet.workspace.output, every=options.every)
