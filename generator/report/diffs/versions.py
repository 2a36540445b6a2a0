"""The phrases for what another version of a chart, or of what renders it, asks of those who use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.diff.model import Versions
from generator.diff.rendered.model import Cluster, Default, Upgrade
from generator.diff.risks import RISKS
from generator.report.diffs.words import place


def kinds(cluster: Cluster) -> str:
    """Return how many differences there are of each kind, riskiest first: `1 sync-fails, 3 image-changed`.

    It is empty if there are not several kinds.
    """
    found = Counter(entry.risk.id for entry in cluster.entries)
    return ", ".join(f"{found[risk]:,} {risk}" for risk in RISKS if risk in found) if len(found) > 1 else ""


def title(upgrade: Upgrade) -> str:
    """Return the chart, its versions, and who uses it."""
    versions = f"{upgrade.before} → {upgrade.after}" if upgrade.before != upgrade.after else upgrade.after
    return f"chart {upgrade.chart} {versions}, used by {place(upgrade.users)}"


def defaults(upgrade: Upgrade) -> Iterator[str]:
    """Yield the defaults that differ, one sentence each."""
    for one in upgrade.defaults:
        yield f"default {one.change.sentence}{_kept(one)}"


def dead(upgrade: Upgrade) -> Iterator[str]:
    """Yield the values that are not used any more, one sentence each, with where they are set."""
    for one in upgrade.dead:
        yield f"value {one.name} is not used any more: remove it from {', '.join(map(str, one.places))}"


def unaffected(upgrade: Upgrade, cluster: Cluster) -> str:
    """Return for whom no object changes; empty if one changes for all."""
    touched = {where for entry in cluster.entries for where in entry.where} | {one.where for one in cluster.unrendered}
    left = [where for where in upgrade.users if where not in touched]
    return f"no object changes for {place(left)}" if left else ""


def lines(versions: Versions, cluster: Cluster) -> Iterator[tuple[str, list[str]]]:
    """Yield each chart that differs, with what there is to say of it."""
    for upgrade in versions.upgrades:
        yield title(upgrade), [*dead(upgrade), *defaults(upgrade), *filter(None, [unaffected(upgrade, cluster)])]


def _kept(one: Default) -> str:
    return f"; {place(one.given)} {'sets' if len(one.given) == 1 else 'set'} it" if one.given else ""
