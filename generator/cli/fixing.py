"""`tiphys lint --fix`: say what was fixed."""

from __future__ import annotations

from collections.abc import Callable

import click

from generator.pipeline.fixing import run_and_fix
from generator.pipeline.request import Outcome, Request
from generator.report.as_text import printable
from generator.syntax.wording import counted


def run_and_tell(request: Request, only: Callable[[Outcome], Outcome], *, unsafe: bool) -> tuple[Outcome, dict[str, bytes]]:
    """Apply fixes, write the files and print each fix; return the remaining problems and the new contents."""
    done = run_and_fix(request, only, unsafe=unsafe)
    for problem, said in done.fixes:
        at = f"{problem.path}:{problem.span.line}:{problem.span.column}"
        click.echo(printable(f"{at}: {problem.message}: wrote {said}"), err=True)
    if done.files:
        click.echo(f"fixed {counted(len(done.fixes), 'problem')} in {counted(done.files, 'file')}", err=True)
    return done.outcome, done.contents
