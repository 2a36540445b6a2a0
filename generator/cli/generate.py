"""The command `tiphys generate`."""

from __future__ import annotations

from functools import partial

import click

from generator.cli import options, programs, remembering, running, timing, verbosity
from generator.cli.confirming import tell_confirmations
from generator.cli.progress import progress_line
from generator.errors import ConfigError
from generator.pipeline.drift import Change, State
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.syntax.wording import counted
from generator.system import timings
from generator.system.files import roots

_MAX_LISTED = 40
_DONE = {State.MISSING: "created", State.DIFFERS: "updated", State.STALE: "removed"}


def _elsewhere(_ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    if asked:
        raise click.UsageError(f"no option {param.opts[0]}: use `tiphys check`, or `tiphys generate --diff` for the changes")


@click.command("generate")
@options.services
@options.environments
@click.option("--hook", is_flag=True, help="For pre-commit: read what Git tracks, and fail if anything has to be staged.")
@click.option(
    "--allow-delete",
    is_flag=True,
    help="Allow removing Applications whose spec is gone; Argo CD then deletes what they deployed.",
)
@click.option("--diff", is_flag=True, help="Print what would change without writing it; exit with 1 if anything would.")
@click.option("--check", is_flag=True, hidden=True, expose_value=False, callback=_elsewhere)
@click.option("--dry-run", is_flag=True, hidden=True, expose_value=False, callback=_elsewhere)
@click.option("--output", metavar="DIR", default="", help="Write to another checkout, for specs kept in service repositories.")
@options.programs
@options.fail_level
@options.no_cache
@options.reporting
@verbosity.said
@timing.taken
@click.pass_context
def command(
    ctx: click.Context, /, hook: bool, diff: bool, formats: list[tuple[str, str]], color: str, quiet: bool, **asked: object
) -> int:
    r"""Validate, lint, render and write the manifests of all services, or of the named ones.

    Nothing is written if there are errors. Unchanged files are not touched; generated files that no spec
    generates any more are removed.

    \b
    tiphys generate
    tiphys generate checkout --env prod --diff
    tiphys generate --output ../config-repo
    """
    root = running.workspace_root(ctx)
    request = _request(root, diff=diff, asked=asked)
    remembers = not (asked["no_cache"] or request.services or request.environments or request.output)
    if hook:
        from generator.cli.hook import run_hook

        return run_hook(ctx, request, formats, color, remembers=remembers)
    with remembering.memory(root, [], wanted=remembers) as memory:
        outcome = run(request._replace(memory=memory))
        if memory and not outcome.errors:
            with timings.stage("cache"):
                memory.keep(None)
    running.tell_completed(outcome.completed)
    if diff:
        return _show(ctx, outcome, root, formats, color)
    running.report(ctx, outcome._replace(compared=False), root, formats, color, partial(_with_files, outcome))
    if outcome.blocked:
        click.echo(f"{running.summary(outcome)}; nothing was written", err=True)
        return outcome.failure
    _tell(outcome, quiet=quiet, aside=options.stdout_is_taken(formats))
    tell_confirmations(outcome)
    programs.tell_remark(outcome)
    return 0


def _request(root: str, *, diff: bool, asked: dict[str, object]) -> Request:
    output = str(asked["output"])
    if output and not roots.is_folder(output):
        raise ConfigError(f"--output: folder {output} does not exist", "pass the root of a checkout of the config repository")
    return Request(
        root,
        Mode.CHECK if diff else Mode.WRITE,
        services=asked["services"],  # type: ignore[arg-type]
        environments=asked["environments"],  # type: ignore[arg-type]
        output=roots.absolute(output) if output else "",
        allow_delete=bool(asked["allow_delete"]),
        progress=progress_line("rendered"),
        asked=running.asked(fail_level=asked["fail_level"]),  # type: ignore[arg-type]
        programs=programs.of_options(asked),
    )


def _show(ctx: click.Context, outcome: Outcome, root: str, formats: list[tuple[str, str]], color: str) -> int:
    from generator.report import guarded
    from generator.report.difference import difference

    if outcome.blocked:
        running.report(ctx, outcome._replace(compared=False), root, formats, color)
        click.echo(running.summary(outcome), err=True)
        return outcome.failure
    documents = [(form, path) for form, path in formats if form == "json"]
    running.report(ctx, outcome._replace(compared=False), root, documents, color, partial(_with_files, outcome))
    for change in () if options.is_json(formats) else outcome.changes:
        if change.state is not State.UNOWNED:
            text = difference(change)
            click.echo(guarded(text) if running.on_github() else text, nl=False)
    return 1 if any(change.state is not State.UNOWNED for change in outcome.changes) else 0


def _with_files(outcome: Outcome, form: str, text: str) -> str:
    """Return a report, if it is JSON, with the files that were written, or with --diff would be."""
    if form != "json" or outcome.blocked:
        return text
    from generator.report.parts import files_json, with_part

    return with_part(text, "generated", {"written": outcome.written, "files": files_json(outcome.changes)})


def _tell(outcome: Outcome, *, quiet: bool, aside: bool) -> None:
    """Print what was written, to stdout or, with `aside`, to stderr."""
    done = [change for change in outcome.changes if change.state is not State.UNOWNED]
    if not quiet:
        for change in done[:_MAX_LISTED]:
            click.echo(f"{_DONE[change.state]} {change.path}", err=aside)
        if len(done) > _MAX_LISTED:
            click.echo(f"… and {len(done) - _MAX_LISTED:,} more", err=aside)
    for change in outcome.changes:
        if change.state is State.UNOWNED:
            click.echo(f"{change.path}: not written by Tiphys, left unchanged", err=True)
    if not quiet:
        click.echo(_summary(done, outcome), err=True)


def _summary(done: list[Change], outcome: Outcome) -> str:
    total = f"{counted(len(outcome.wanted), 'file')} of {counted(outcome.services, 'service')}"
    if not done:
        return f"{total}: nothing to change"
    numbers = {state: sum(change.state is state for change in done) for state in _DONE}
    return f"{total}: " + ", ".join(f"{number:,} {_DONE[state]}" for state, number in numbers.items() if number)
