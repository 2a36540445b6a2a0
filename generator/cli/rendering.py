"""Rendering of both sides of a comparison, as `tiphys diff` is asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

import click

from generator.cli import running
from generator.cli.progress import progress_line
from generator.syntax.wording import counted
from generator.system import helm as helms

if TYPE_CHECKING:
    from generator.diff import Comparison
    from generator.diff.rendered.model import Cluster
    from generator.diff.rendered.pairs import Pair, Render
    from generator.verify.offered_charts import OfferedCharts
    from generator.verify.renderings import Renderings


def both_sides(root: str, *, noise: bool, offline: bool, charts: tuple[str, ...], clones: dict[str, str], helm: str) -> Render:
    """Return what renders both sides of a comparison; what it takes is loaded once there is something to render.

    What a commit has rendered is not rendered again; in the working tree at `root` it may be out of date.
    """
    given = offered(charts)

    def render(pairs: Sequence[Pair], roots: tuple[str, str]) -> Cluster:
        from generator.diff.rendered.model import Cluster

        if not pairs:
            return Cluster()
        from generator.diff.rendered.committed import reader
        from generator.diff.rendered.run import Asked, cluster
        from generator.verify import cache as results
        from generator.verify.charts import Charts
        from generator.verify.folder_builds import FolderBuilds
        from generator.verify.renderings import Renderings

        find = cache(partial(helms.find, helm))
        kept = results.kept()

        def begin(side: str) -> Renderings:
            of_side = partial(Charts, side, offline=offline, clones=clones, offered=given)
            folders = FolderBuilds(side, clones, cache=kept)
            return Renderings(find, of_side, kept, folders, *([reader(side)] if side != root else []))

        progress = progress_line("rendered", "applications")
        return cluster(pairs, roots, begin, Asked(kept, progress), with_noise=noise)

    return render


def offered(charts: Sequence[str]) -> OfferedCharts | None:
    """Return the charts and packages that take the place of chart repositories; None if none are named."""
    if not charts:
        return None
    from generator.verify.offered_charts import OfferedCharts

    return OfferedCharts({path: running.named(path) for path in charts})


def code(found: Comparison, *, insists: bool) -> int:
    """Return the exit code for what was rendered, and say why it is not 0."""
    cluster = found.cluster
    if cluster is None:
        return 0
    if cluster.remark:
        click.echo(cluster.remark, err=True)
    if cluster.refused:
        changes = counted(len(cluster.refused), "change")
        click.echo(f"Kubernetes refuses {changes}: every sync fails until the object is deleted", err=True)
    if insists and (cluster.why or cluster.unrendered):
        click.echo("not everything could be rendered, and --rendered insists on it", err=True)
        return 2
    return 1 if cluster.refused else 0
