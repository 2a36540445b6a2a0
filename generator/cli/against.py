"""`tiphys diff --against`: a workspace and the old tree that it replaces."""

from __future__ import annotations

from typing import NamedTuple

import click

from generator.cli import running
from generator.syntax.wording import counted


class Asked(NamedTuple):
    """What to compare with, and where its charts are."""

    against: str
    charts: tuple[str, ...]
    clones: dict[str, str]
    helm: str


def compare(root: str, asked: Asked, formats: list[tuple[str, str]], *, others: bool) -> int:
    """Report what differs between a workspace and an old tree; return the exit code. `others` are arguments of other comparisons."""
    if not asked.against:
        raise click.UsageError("--against is empty; name the directory of the old tree")
    if others:
        raise click.UsageError("--against compares the whole workspace; remove the other arguments")
    other = [name for name, _ in formats if name not in ("text", "json")]
    if other:
        raise click.UsageError(f"--against has the formats text and json, not {other[0]}")
    from generator.adopt import against
    from generator.cli import old_trees
    from generator.report import imports

    wanted = old_trees.asked([asked.against], charts=asked.charts, clones=asked.clones, helm=asked.helm)
    found = against.against(root, wanted)
    for form, path in formats:
        running.put(
            imports.comparison_as_json(found) if form == "json" else running.guarded_text(imports.comparison(found), path), path
        )
    said = f"{counted(found.applications, 'Application')}, {counted(found.compared.objects, 'object')}"
    click.echo(f"{said}: {counted(len(found.compared.differences), 'difference')}", err=True)
    return 1 if found.compared.differences or found.compared.notes else 0
