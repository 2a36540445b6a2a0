"""The phrases for what changes of the objects in the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diff import Where
from generator.diff.rendered.effects import Effect
from generator.diff.rendered.model import Cluster, ObjectEntry
from generator.diff.rendered.noise import NOISE
from generator.syntax.wording import counted

HEADING = "in the cluster"

_EFFECTS = {
    Effect.RELEASE: "with the release, step by step",
    Effect.UPDATE: "pods are replaced",
    Effect.AT_ONCE: "at once, for the stable version too",
}
_MOST_CAUSES = 3


def summary(cluster: Cluster) -> str:
    """Return what was compared and what came of it, in one line."""
    if cluster.why:
        return f"nothing was rendered: {cluster.why}"
    if not cluster.applications:
        return "no object changes" if not cluster.unrendered else "nothing could be rendered"
    changed = cluster.objects - cluster.unchanged
    what = f"{counted(changed, 'object')} of {counted(cluster.applications, 'Application')}" if changed > 0 else "no object"
    verb = "changes" if changed <= 1 else "change"
    stay = "stays" if cluster.unchanged == 1 else "stay"
    said = f"{what} {verb}, {cluster.unchanged:,} {stay} the same" if cluster.unchanged else f"{what} {verb}"
    return f"{said} ({cluster.tools})" if cluster.tools else said


def left_out(cluster: Cluster) -> str:
    """Return how many differences are noise, and which; empty without any."""
    if not cluster.noise:
        return ""
    rules = ", ".join(f"{rule} {count:,}" for rule, count in cluster.noise.items())
    total = sum(cluster.noise.values())
    return f"{counted(total, 'difference')} left out as noise ({rules}); --noise shows {'it' if total == 1 else 'them'}"


def missing(cluster: Cluster) -> Iterator[str]:
    """Yield what could not be rendered, each reason once with the places."""
    by_reason: dict[str, list[Where]] = {}
    for one in cluster.unrendered:
        by_reason.setdefault(one.why, []).append(one.where)
    for why, places in by_reason.items():
        yield f"not rendered: {', '.join(dict.fromkeys(map(str, places)))}: {why}"


def sentence(entry: ObjectEntry) -> str:
    """Return one difference with its object."""
    change = entry.change
    if change.sentence in ("added", "removed") or change.risk == "name-changed":
        return f"{entry.title} {change.sentence}"
    return f"{entry.title}: {change.sentence}"


def remark(entry: ObjectEntry) -> str:
    """Return when a difference takes effect and what it comes from."""
    parts = []
    if entry.difference.noise:
        parts.append(f"noise: {NOISE[entry.difference.noise].what}")
    if entry.difference.effect is not None:
        parts.append(_EFFECTS[entry.difference.effect])
    causes = [str(cause) for cause in entry.causes if str(cause)]
    if causes:
        more = f" and {len(causes) - _MOST_CAUSES} more" if len(causes) > _MOST_CAUSES else ""
        parts.append(f"from {'; '.join(causes[:_MOST_CAUSES])}{more}")
    return "; ".join(parts)
