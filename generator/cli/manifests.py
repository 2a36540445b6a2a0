"""`tiphys lint --manifests`: lint plain manifests, without a workspace."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from generator.cli import running
from generator.pipeline import manifests
from generator.pipeline.manifests import Asked
from generator.syntax.wording import counted


def lint(ctx: click.Context, asked: Asked, formats: list[tuple[str, str]], color: str, *, quiet: bool) -> int:
    """Report the problems of the manifests at the paths; return the exit code."""
    if asked.kubernetes and not re.fullmatch(r"v?1\.\d+(\.\d+)?", asked.kubernetes):
        raise click.UsageError(f"`{asked.kubernetes}` is not a Kubernetes version; write it like 1.33")
    if not asked.paths:
        raise click.UsageError("--manifests needs a PATH, or - for stdin")
    found = manifests.lint(asked)
    running.report(ctx, found.outcome, ".", formats, color, overlay=found.overlay, text=found.text)
    if found.outcome.diagnostics or not quiet:
        said = running.summary(found.outcome)
        click.echo(f"{counted(found.objects, 'object')}: {said}{_left_out(found.charts)}", err=True)
    return 1 if found.fails else 0


def _left_out(charts: Sequence[str]) -> str:
    return f"; skipped, Helm must render them first: {', '.join(charts)}" if charts else ""
