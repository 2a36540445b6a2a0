"""`mooring lint --fix`: problems that say how to be rid of them are, and the rest is reported."""

from __future__ import annotations

import os
from collections.abc import Callable

import click

from generator import disk
from generator.compare import Change, State
from generator.edit.fixes import Fixable, fixable, fixed
from generator.outcome import Outcome, Request
from generator.pipeline import run
from generator.wording import counted

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
    for _ in range(_ROUNDS):
        by_path: dict[str, list[Fixable]] = {}
        for item in fixable(outcome.diagnostics, unsafe=unsafe):
            by_path.setdefault(item.problem.path, []).append(item)
        done: list[Fixable] = []
        for path, found in by_path.items():
            before.setdefault(path, disk.read_bytes(os.path.join(request.root, path)))
            now[path], gone = fixed(path, now.get(path, before[path]), found)
            done += gone
        if not done or outcome.workspace is None:
            break
        told += done
        outcome = only(run(request._replace(overlay=now)))
    changes = [Change(path, State.DIFFERS, path, "", "", now[path], before[path]) for path in now if now[path] != before[path]]
    if changes and outcome.workspace is not None:
        from generator import write

        write.apply(request.root, outcome.workspace.output, changes)
        for problem, text in sorted(told, key=lambda one: one.problem.order):
            place = f"{problem.path}:{problem.span.line}:{problem.span.column}"
            click.echo(f"{place}: {problem.message}: wrote {text}", err=True)
        click.echo(f"fixed {counted(len(told), 'problem')} in {counted(len(changes), 'file')}", err=True)
    return outcome, now
