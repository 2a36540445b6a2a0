"""The command `tiphys check`."""

from __future__ import annotations

from typing import Any

import click

from generator.cli import options, programs, running
from generator.diagnostics import Diagnostic
from generator.errors import ConfigError
from generator.pipeline.drift import State
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.syntax.wording import counted
from generator.system.files import UnreadableFileError
from generator.workspace.parsed import Parsed


@click.command("check")
@options.services
@options.environments
@options.programs
@options.fail_level
@options.reporting
@click.pass_context
def command(
    ctx: click.Context,
    /,
    services: tuple[str, ...],
    environments: tuple[str, ...],
    fail_level: str | None,
    formats: list[tuple[str, str]],
    color: str,
    quiet: bool,
    **given: Any,
) -> int:
    r"""Check that every generated file matches its spec.

    All manifests are rendered in memory and compared byte for byte; nothing is written. A file has drifted
    if it is missing, differs, is stale (no spec generates it) or unowned (Tiphys did not write it).
    With `codeowners: true` in tiphys.yaml, the lines of `tiphys codeowners` are compared as well.

    \b
    tiphys check
    tiphys check checkout --env prod
    tiphys check --format json
    """
    root = running.workspace_root(ctx)
    asked, progress = running.asked(fail_level=fail_level), running.progress_line("checked")
    request = Request(root, Mode.CHECK, services, environments, progress=progress, asked=asked)
    outcome = run(request._replace(programs=programs.of_options(given)))
    shown = outcome.with_more(_stale_owners(outcome, request))
    running.report(ctx, shown, root, formats, color)
    programs.tell_remark(outcome)
    if outcome.errors:
        click.echo(f"{running.summary(outcome)}; drift was not checked", err=True)
        return outcome.failure
    if outcome.changes:
        click.echo(_sentence(outcome, running.called_as(ctx), ctx.obj), err=True)
        return 1
    if shown.blocked:
        click.echo(f"{running.summary(shown)}; no drift", err=True)
        return 1
    if not quiet:
        files = counted(len(outcome.wanted), "file")
        click.echo(f"{files} of {counted(outcome.services, 'service')}: no drift", err=True)
    return 0


def _stale_owners(outcome: Outcome, request: Request) -> list[Diagnostic]:
    """Return what is wrong with CODEOWNERS, if the workspace asks for that and everything is checked."""
    workspace = outcome.workspace
    if workspace is None or outcome.errors or not request.whole:
        return []
    from generator.pipeline import codeowners

    if not codeowners.is_checked(workspace):
        return []
    try:
        return list(codeowners.stale(codeowners.ownership(request.root, workspace, outcome.wanted, Parsed()), workspace))
    except UnreadableFileError as error:
        raise ConfigError(error.about("CODEOWNERS"), error.hint) from None


def _sentence(outcome: Outcome, tiphys: str, directory: str) -> str:
    words = {
        State.DIFFERS: ("differs", "differ"),
        State.MISSING: ("is missing", "are missing"),
        State.STALE: ("is stale", "are stale"),
    }
    words[State.UNOWNED] = ("is unowned", "are unowned")
    parts: list[str] = []
    for state, (one, many) in words.items():
        number = sum(change.state is state for change in outcome.changes)
        if number:
            parts.append(
                f"{counted(number, 'file')} {one if number == 1 else many}"
                if not parts
                else f"{number} {one if number == 1 else many}"
            )
    output = outcome.workspace.output if outcome.workspace else "generated"
    git = "git" if directory == "." else f"git -C {directory}"
    fix = f"{tiphys} generate && {git} add {output}/"
    unowned = sum(change.state is State.UNOWNED for change in outcome.changes)
    if unowned:
        move = f"move what is unowned out of {output}/, or delete it"
        fix = move if unowned == len(outcome.changes) else f"{move}; then {fix}"
    return f"{', '.join(parts)}. To fix: {fix}"
