"""The command `tiphys check`, which imports the pipeline only if something is not as it was in its last run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from generator.cli import at_once, list_files, options, remembering, running, timing, verbosity
from generator.cli.progress import progress_line
from generator.errors import ConfigError
from generator.syntax.wording import counted
from generator.system import timings, verbose
from generator.system.files import UnreadableFileError

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic
    from generator.pipeline.memory.memory import Memory
    from generator.pipeline.request import Outcome, Request
    from generator.pipeline.shards import Shard


@click.command("check")
@options.services
@options.environments
@options.shard
@options.programs
@list_files.option
@options.fail_level
@options.no_cache
@options.reporting
@verbosity.said
@timing.taken
@click.pass_context
def command(
    ctx: click.Context,
    /,
    services: tuple[str, ...],
    environments: tuple[str, ...],
    shard: Shard | None,
    fail_level: str | None,
    formats: list[tuple[str, str]],
    color: str,
    quiet: bool,
    no_cache: bool,
    lists: bool,
    **given: Any,
) -> int:
    r"""Check that every generated file matches its spec.

    All manifests are rendered in memory and compared byte for byte; nothing is written. A file has drifted
    if it is missing, differs, is stale (no spec generates it) or unowned (Tiphys did not write it).
    With `codeowners: true` in tiphys.yaml, the lines of `tiphys codeowners` are compared as well.

    With --shard K/N, only a part of the services is checked: N runs find what one run finds.

    \b
    tiphys check
    tiphys check checkout --env prod
    tiphys check --shard 2/4
    tiphys check --format json
    """
    root = running.workspace_root(ctx)
    asked = partial(_request, root, services, environments, shard, fail_level, given)
    if lists:
        return list_files.tell(ctx, asked(None), formats, color)
    whole = not (no_cache or services or environments or shard)
    with remembering.memory(root, [], wanted=whole) as memory:
        shape = at_once.shape_of(ctx.obj, color, fail_level, quiet=quiet)
        is_plain = formats == options.PLAIN
        last = remembering.answer(memory, root, shape) if memory and is_plain and not verbose.is_on() else None
        if last is not None:
            running.put(last.text, "")
            return _end(last.end, last.code)
        text, outcome, shown = _checked(ctx, asked(memory), formats, color)
        end, code = _result(ctx, outcome, shown, shard, quiet=quiet)
        if memory and not outcome.errors:
            remembering.keep(memory, root, outcome, shape, (text, end, code) if is_plain else None)
        return _end(end, code)


def _request(
    root: str,
    services: tuple[str, ...],
    environments: tuple[str, ...],
    shard: Shard | None,
    fail_level: str | None,
    given: dict[str, Any],
    memory: Memory | None,
) -> Request:
    from generator.cli import programs
    from generator.pipeline.request import Mode, Request

    asked, progress = running.asked(fail_level=fail_level), progress_line("checked")
    request = Request(root, Mode.CHECK, services, environments, progress=progress, asked=asked, memory=memory)
    return request._replace(shard=shard, programs=programs.of_options(given))


def _checked(ctx: click.Context, request: Request, formats: list[tuple[str, str]], color: str) -> tuple[str, Outcome, Outcome]:
    """Run and report; return what was printed to stdout, the outcome, and the outcome with all that was told."""
    with timings.stage("start"):
        from generator.cli import programs
        from generator.pipeline.run import run

    outcome = run(request)
    shown = outcome.with_more(_stale_owners(outcome, request))
    text = running.report(ctx, shown, request.root, formats, color, shard=request.shard)
    programs.tell_remark(outcome)
    return text, outcome, shown


def _result(ctx: click.Context, outcome: Outcome, shown: Outcome, shard: Shard | None, *, quiet: bool) -> tuple[str, int]:
    """Return the last sentence, and the exit code."""
    of_shard = running.of_shard(shard, outcome)
    if outcome.errors:
        return f"{of_shard}{running.summary(outcome)}; drift was not checked", outcome.failure
    if outcome.changes:
        return f"{of_shard}{_sentence(outcome, running.called_as(ctx), ctx.obj)}", 1
    if shown.blocked:
        return f"{of_shard}{running.summary(shown)}; no drift", 1
    files = counted(len(outcome.wanted), "file")
    return "" if quiet else f"{of_shard}{files} of {counted(outcome.services, 'service')}: no drift", 0


def _end(sentence: str, code: int) -> int:
    if sentence:
        click.echo(sentence, err=True)
    return code


def _stale_owners(outcome: Outcome, request: Request) -> list[Diagnostic]:
    """Return what is wrong with CODEOWNERS, if the workspace asks for that and everything is checked."""
    workspace = outcome.workspace
    if workspace is None or outcome.errors or not request.whole or outcome.elsewhere is None:
        return []
    from generator.workspace.output import checks_codeowners

    if not checks_codeowners(workspace):
        return []
    from generator.pipeline import codeowners
    from generator.workspace.parsed import Parsed

    wanted = {**outcome.elsewhere, **outcome.wanted}
    try:
        return list(codeowners.stale(codeowners.ownership(request.root, workspace, wanted, Parsed()), workspace))
    except UnreadableFileError as error:
        raise ConfigError(error.about("CODEOWNERS"), error.hint) from None


def _sentence(outcome: Outcome, tiphys: str, directory: str) -> str:
    from generator.pipeline.drift import State

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
