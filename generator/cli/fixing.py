"""`tiphys lint --fix`: problems that say how to be rid of them are, and the rest is reported."""

from __future__ import annotations

from collections.abc import Callable

import click

from generator.pipeline.drift import Change, State
from generator.pipeline.guards import area_of
from generator.pipeline.request import Outcome, Request
from generator.pipeline.run import run
from generator.syntax.edit.fixes import Fixable, fixable, fixed
from generator.syntax.secrets.redaction import redacted, without
from generator.syntax.wording import counted
from generator.system.files import Folder

_ROUNDS = 10
"""A fix can bring up what could not be seen before; this often at most."""


def run_and_fix(request: Request, only: Callable[[Outcome], Outcome], *, unsafe: bool) -> tuple[Outcome, dict[str, bytes]]:
    """Fix what can be, write it, and return what is left with the texts as they are now; raises WriteError.

    Everything is tried in memory first; a file that has changed meanwhile is not overwritten.
    """
    before: dict[str, bytes] = {}
    now: dict[str, bytes] = {}
    told: list[Fixable] = []
    outcome = only(run(request))
    if outcome.workspace is None:  # what cannot be read cannot be locked
        return outcome, {}
    area = area_of(request.root, outcome.workspace)
    for _ in range(_ROUNDS):
        by_path: dict[str, list[Fixable]] = {}
        for item in fixable(outcome.diagnostics, unsafe=unsafe):
            by_path.setdefault(item.problem.path, []).append(item)
        unread = by_path.keys() - before
        before |= {path: Folder(request.root).read(path) for path in unread}
        now |= {path: before[path] for path in unread}
        done: list[Fixable] = []
        for path, found in () if unread else by_path.items():  # places are those of the bytes that were read here
            now[path], gone = fixed(path, now[path], found)
            done += gone
        if not (done or unread):
            break
        told += done
        outcome = only(run(request._replace(overlay=now)))
    changes = [Change(path, State.DIFFERS, path, "", "", now[path], before[path]) for path in now if now[path] != before[path]]
    if changes:
        from generator.pipeline import write

        write.apply_each(area, changes)
        for problem, text in sorted(told, key=lambda one: one.problem.order):
            place = f"{problem.path}:{problem.span.line}:{problem.span.column}"
            said = without(text.strip(), redacted(before[problem.path].decode("utf-8", "replace")).words(problem.span)[0])
            click.echo(f"{place}: {problem.message}: wrote {said}", err=True)
        click.echo(f"fixed {counted(len(told), 'problem')} in {counted(len(changes), 'file')}", err=True)
    return outcome, now
