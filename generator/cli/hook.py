"""`generate --hook`: the extra work of a pre-commit hook.

pre-commit considers a hook passed if it exits with 0 and changes no tracked file. New files are not
tracked, and after they are written a second run has nothing to do: either way a commit without its
manifests would pass. So the hook compares with the index, and fails until everything that belongs to
the commit is staged. It never stages anything itself: with `git commit FILE` that would go to a
temporary index and be lost.

The same applies to inputs: manifests generated from a file that is missing from the commit, or differs
there, cannot be reproduced from the commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

import click

from generator.cli import programs, remembering, running, staging
from generator.cli.confirming import tell_confirmations
from generator.pipeline.drift import State, Wanted
from generator.pipeline.memory.units import Extras, OnDisk
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.syntax.wording import counted, shown
from generator.system.git import objects as git_objects
from generator.system.git import read as git


def run_hook(ctx: click.Context, request: Request, formats: list[tuple[str, str]], color: str, *, remembers: bool) -> int:
    """Generate from what Git tracks; return 1 if there are errors, or if an input or a generated file is not staged."""
    staged = git.index(request.root)
    like = next(iter(staged.values()), "")

    def extras() -> Extras:
        return Extras(staging.used_of, mark=lambda content: git_objects.blob_id(content, like))

    with remembering.memory(request.root, ["hook", str(len(like))], extras, wanted=remembers) as memory:
        outcome = run(request._replace(mode=Mode.WRITE, tracked=staged.keys(), look=staging.look, memory=memory))
        if memory and not outcome.errors:
            memory.keep(None)
    running.tell_completed(outcome.completed)
    running.report(ctx, outcome._replace(compared=False), request.root, formats, color)
    programs.tell_remark(outcome)
    if outcome.blocked:
        click.echo(f"{running.summary(outcome)}; nothing was written", err=True)
        return outcome.failure
    inputs = staging.waiting(request.root, outcome, staged)
    tell_confirmations(outcome)
    waiting = unstaged(outcome, staged)
    for path, what in [*((path, f"input {what}:") for path, what in inputs), *waiting]:
        click.echo(f"{what} {shown(path)}", err=running.stdout_is_taken(formats))
    git_here = "git" if ctx.obj == "." else f"git -C {quote(ctx.obj)}"
    if inputs:
        _tell_inputs(inputs, git_here)
    if waiting:
        output = outcome.workspace.output if outcome.workspace else "generated"
        _tell(waiting, "generated file", f"Review them, then run: {git_here} add --all {output} && git commit")
    return 1 if inputs or waiting else 0


_MOST = 8
"""The maximum number of inputs that the hint lists; if there are more, it lists their folders."""


def _tell_inputs(inputs: Sequence[tuple[str, str]], git_here: str) -> None:
    paths = [path for path, _ in inputs]
    if len(paths) > _MOST:
        paths = sorted({path.partition("/")[0] for path in paths})
    _tell(inputs, "input", f"Stage the inputs: {git_here} add --all -- {' '.join(map(quote, map(shown, paths)))}")


def _tell(found: Sequence[object], noun: str, advice: str) -> None:
    click.echo(f"{counted(len(found), noun)} {'is' if len(found) == 1 else 'are'} not staged. {advice}", err=True)


def unstaged(outcome: Outcome, staged: dict[str, str]) -> list[tuple[str, str]]:
    """Return (path, action) of every generated file that differs from the index."""
    waiting = []
    for path, wanted in outcome.wanted.items():
        object_id = staged.get(path)
        if object_id is None:
            waiting.append((path, "add"))
        elif _object_id(wanted, object_id) != object_id:
            waiting.append((path, "update"))
    removed = [change.path for change in outcome.changes if change.state is State.STALE and change.path in staged]
    return sorted(waiting) + [(path, "remove") for path in removed]


def _object_id(wanted: Wanted, like: str) -> str:
    """Return the object id that Git gives a generated file; of one that is on disk as it was, it is remembered."""
    return wanted.mark if isinstance(wanted, OnDisk) else git_objects.blob_id(wanted.content, like)
