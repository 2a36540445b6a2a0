"""`generate --hook`: what a pre-commit hook has to do that a plain run does not.

pre-commit sees a hook as passed when it exits 0 and changes no tracked file. New files are not
tracked, and once they are written a second run has nothing to do: both would let a commit through
whose manifests are missing. So the hook compares with the index, and fails until everything that
belongs to the commit is staged. It never stages anything itself: on `git commit FILE` that would go
to a temporary index and be lost.
"""

from __future__ import annotations

import click

from generator.commands import running
from generator.compare import State
from generator.external import git, git_objects
from generator.pipeline import Mode, Outcome, Request, run
from generator.wording import counted


def run_hook(ctx: click.Context, request: Request, formats: list[tuple[str, str]], color: str) -> int:
    """Generate from what Git tracks; return 1 when anything was wrong, was written or is not staged."""
    staged = git.index(request.root)
    outcome = run(request._replace(mode=Mode.WRITE, tracked=staged.keys()))
    running.tell_completed(outcome.completed)
    running.report(ctx, outcome._replace(compared=False), request.root, formats, color)
    if outcome.blocked:
        click.echo(f"{running.summary(outcome)}; nothing was written", err=True)
        return outcome.failure
    waiting = unstaged(outcome, staged)
    if not waiting:
        return 0
    for path, what in waiting:
        click.echo(f"{what} {path}", err=running.stdout_is_taken(formats))
    output = outcome.workspace.output if outcome.workspace else "generated"
    prefix = "" if ctx.obj == "." else f"-C {ctx.obj} "
    click.echo(
        f"{counted(len(waiting), 'generated file')} {'is' if len(waiting) == 1 else 'are'} not in the commit. "
        f"Review, then: git {prefix}add --all {output} && git commit",
        err=True,
    )
    return 1


def unstaged(outcome: Outcome, staged: dict[str, str]) -> list[tuple[str, str]]:
    """Return (path, what is to be done with it) of every generated file that the index does not hold as it is."""
    waiting = []
    for path, wanted in outcome.wanted.items():
        object_id = staged.get(path)
        if object_id is None:
            waiting.append((path, "add"))
        elif git_objects.blob_id(wanted.content, object_id) != object_id:
            waiting.append((path, "update"))
    removed = [change.path for change in outcome.changes if change.state is State.STALE and change.path in staged]
    return sorted(waiting) + [(path, "remove") for path in removed]
