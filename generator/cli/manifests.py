"""`tiphys lint --manifests`: lint plain manifests, without a workspace."""

from __future__ import annotations

from collections.abc import Iterator

import click

from generator.cli import running
from generator.pipeline import manifests
from generator.pipeline.manifests import LeftOut
from generator.pipeline.reading import Asked
from generator.pipeline.targets import notes
from generator.report.as_text import printable
from generator.syntax.wording import counted, listed


def lint(ctx: click.Context, asked: Asked, formats: list[tuple[str, str]], color: str, *, quiet: bool) -> int:
    """Report the problems of the manifests at the paths; return the exit code."""
    if not asked.paths:
        raise click.UsageError("--manifests needs a PATH, or - for stdin")
    found = manifests.lint(asked)
    running.report(ctx, found.outcome, ".", formats, color, overlay=found.overlay, text=found.text)
    if found.outcome.diagnostics or not quiet:
        sets = f" in {counted(found.sets, 'set')}" if found.sets > 1 else ""
        click.echo(f"{counted(found.objects, 'object')}{sets}: {running.summary(found.outcome)}", err=True)
        if found.unknown:
            kinds = ", ".join(found.unknown)
            click.echo(
                printable(f"no schema found for {kinds}: only their references were checked, not their fields"), err=True
            )
        for _, message, hint in notes(asked.target):
            click.echo(f"{message}: {hint}", err=True)
        for line in _left_out(found.left_out):
            click.echo(printable(line), err=True)
    return 1 if found.fails else 0


def _left_out(left_out: LeftOut) -> Iterator[str]:
    """Yield what was not linted, and why: a line for each reason."""
    if left_out.charts:
        yield f"skipped, Helm must render them first: {listed(left_out.charts)}"
    reasons: dict[str, list[str]] = {}
    for path, why in left_out.kustomizations:
        reasons.setdefault(why, []).append(path)
    for why, paths in reasons.items():
        yield f"not built, because {why}: {listed(paths)}"
    unknown: dict[str, list[str]] = {}
    for path, why in left_out.unexpanded:
        unknown.setdefault(why, []).append(path)
    for why, paths in unknown.items():
        yield f"ApplicationSets not expanded, because {why}: {listed(paths)}"
    if left_out.ingredients:
        yield f"{counted(left_out.ingredients, 'file')} linted only as part of what kustomize builds"
