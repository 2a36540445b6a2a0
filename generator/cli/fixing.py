"""`tiphys lint --fix`: apply the fixes that diagnostics carry, and report the rest."""

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
"""The maximum number of passes: a fix can reveal a problem that another one hid."""


def run_and_fix(request: Request, only: Callable[[Outcome], Outcome], *, unsafe: bool) -> tuple[Outcome, dict[str, bytes]]:
    """Apply fixes and write the files; return the remaining problems and the new contents. Raises WriteError.

    Fixes are applied in memory first; a file that another process changed in the meantime is not overwritten.
    """
    before: dict[str, bytes] = {}
    now: dict[str, bytes] = {}
    told: list[Fixable] = []
    outcome = only(run(request))
    if outcome.workspace is None:  # without a workspace there is no area to lock
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
        for path, found in () if unread else by_path.items():  # positions are only valid for the bytes read here
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
