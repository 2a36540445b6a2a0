"""`tiphys verify --applications`: Applications that Tiphys did not generate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click

from generator.cli import old_trees, running
from generator.kubernetes.target import Target
from generator.lint import settings
from generator.lint.settings import Asked as Rules
from generator.lint.suppressions import Suppressions
from generator.pipeline.request import Outcome
from generator.pipeline.verdict import Judge
from generator.report.as_text import printable
from generator.syntax.reader import ignores
from generator.syntax.wording import counted


class Asked(NamedTuple):
    """What to verify, and with what."""

    paths: Sequence[str]
    charts: Sequence[str]
    clones: Mapping[str, str]
    helm: str
    offline: bool
    cache: bool
    target: Target
    rules: Rules | None


def verify(ctx: click.Context, asked: Asked, formats: list[tuple[str, str]], color: str, *, quiet: bool) -> int:
    """Report what is wrong with the Applications at the paths; return the exit code."""
    from generator.adopt.verified import verified

    if not asked.paths:
        raise click.UsageError("--applications needs a PATH: a file with Applications, or a directory")
    paths, charts = asked.paths, asked.charts
    wanted = old_trees.asked(
        paths, charts=charts, clones=asked.clones, helm=asked.helm, cached=asked.cache, files=True, offline=asked.offline
    )
    found = verified(wanted, asked.target)
    comments = {name: ignores.read(name, text) for name, text in found.texts.items()}
    judge = Judge(settings.Settings({}, asked.rules), Suppressions(comments), None)
    outcome = Outcome(None, judge.kept(found.diagnostics), judge=judge)
    running.report(ctx, outcome, ".", formats, color, text=lambda name: found.texts.get(name, ""))
    if outcome.diagnostics or not quiet:
        numbers = counted(found.applications, "Application"), counted(found.objects, "object")
        click.echo(f"{', '.join(filter(None, (*numbers, found.tools)))}: {running.summary(outcome)}", err=True)
        for remark in found.remarks:
            click.echo(printable(remark), err=True)
        if found.unknown:
            kinds = ", ".join(found.unknown)
            click.echo(
                printable(f"no schema found for {kinds}: only their references were checked, not their fields"), err=True
            )
    return 1 if outcome.blocked else 0
