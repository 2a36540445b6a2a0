"""`tiphys diff --against`: a workspace and the old tree that it replaces."""

from __future__ import annotations

from typing import NamedTuple

import click

from generator.cli import running
from generator.syntax.wording import counted
from generator.system import helm as helms


class Asked(NamedTuple):
    """What to compare with, and where its charts are."""

    against: str
    charts: tuple[str, ...]
    clones: dict[str, str]
    helm: str


def compare(root: str, asked: Asked, formats: list[tuple[str, str]], *, others: bool) -> int:
    """Report what differs between a workspace and an old tree; return the exit code. `others` are arguments of other comparisons."""
    if others:
        raise click.UsageError("--against compares the whole workspace; remove the other arguments")
    from generator.adopt import against, trees
    from generator.adopt.grouping import Patterns
    from generator.adopt.session import Asked as Session
    from generator.report import imports
    from generator.verify.cache import Cache, home
    from generator.verify.offered_charts import OfferedCharts

    other = [name for name, _ in formats if name not in ("text", "json")]
    if other:
        raise click.UsageError(f"--against has the formats text and json, not {other[0]}")
    offered = OfferedCharts({path: running.named(path) for path in asked.charts}) if asked.charts else None
    lines = {what: running.progress_line(what, "Applications") for what in ("rendered", "compared")}
    tree = trees.opened(asked.against, running.named(asked.against))
    cache, helm = Cache(f"{home()}/helm"), helms.find(asked.helm)
    wanted = Session([tree], Patterns(), asked.clones, offered, helm, cache, lambda what, *at: lines[what](*at))
    found = against.against(root, wanted)
    for form, path in formats:
        running.put(
            imports.comparison_as_json(found) if form == "json" else running.guarded_text(imports.comparison(found), path), path
        )
    said = f"{counted(found.applications, 'Application')}, {counted(found.compared.objects, 'object')}"
    click.echo(f"{said}: {counted(len(found.compared.differences), 'difference')}", err=True)
    return 1 if found.compared.differences or found.compared.notes else 0
