"""Roll a service back: choose an earlier release, and say what the cluster will do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from generator.errors import RefusedError
from generator.history import moves
from generator.history.chart_gate import Hints, Needed
from generator.history.fleet import Fleet, Stand
from generator.history.ledger import Release, releases
from generator.history.ledger.overrides import Recorded
from generator.history.moves import Move, Version
from generator.kubernetes import strategy as strategies
from generator.service.chart import chart_of
from generator.service.naming import forced_name
from generator.syntax.wording import listed


class Rollback(NamedTuple):
    """A rollback of one service in one environment."""

    move: Move
    back: int
    """How many releases it goes back."""
    kept: Collection[str] = ()
    """Further images that only one of the two versions has, which stay as they are."""


def rollback(fleet: Fleet, stand: Stand, which: str) -> Rollback:
    """Return the rollback to a release, given by its number or commit; by default to the previous one.

    Raises RefusedError if there is no such release.
    """
    service, environment = stand.spec.name, stand.resolved.environment.name
    ledger = releases(fleet.root, fleet.workspace, service, environment, Recorded(fleet.root, fleet.workspace.output))
    release = _chosen(list(ledger.releases), which, stand, complete=ledger.complete)
    back = [known.number for known in ledger.releases].index(release.number)
    found = back_to(stand, release.version.movable, back)
    return found._replace(move=found.move._replace(code=release.code))


def back_to(stand: Stand, version: Version, back: int) -> Rollback:
    """Return the rollback of a service to a version that it had some releases ago."""
    chart = "" if chart_of(stand.resolved).folder else version.chart_version
    images = moves.images_to(version.images, stand.version.images)
    kept = {image.name for image in (*version.images, *stand.version.images)} - {image.name for image in images}
    where = stand.spec.name, stand.resolved.environment.name
    return Rollback(Move(*where, version.image_tag, version.image_digest or None, chart, images=images), back, kept)


def charts_needed(rollbacks: Iterable[tuple[Stand, Rollback]]) -> list[Needed]:
    """Return the charts that rollbacks bring back."""
    return [
        Needed(stand.spec.name, one.move.chart_version, stand.resolved)
        for stand, one in rollbacks
        if one.move.chart_version != stand.version.chart_version
    ]


def charts_missing(environment: str) -> Hints:
    """Return what to do if a chart repository no longer has a chart."""
    hint = f"roll back to a release whose chart it has, or push the chart there again, as `tiphys release --env {environment}` does"
    return Hints(hint, hint)


def _chosen(known: list[Release], which: str, stand: Stand, *, complete: bool) -> Release:
    """Return the release to roll back to; raises RefusedError."""
    name = f"{stand.spec.name} in {stand.resolved.environment.name}"
    if not which:
        now = stand.version
        versions = [one.version.movable for one in known]
        earlier = [one for one, version in zip(known, versions, strict=True) if not version.agrees_with(now)]
        if earlier:
            return earlier[0]
        more = "" if complete else "; this clone is shallow: git fetch --unshallow"
        raise RefusedError(f"{name} has no earlier release in Git{more}", "name a release with --to, or use `tiphys bump`")
    for one in known:
        if which == str(one.number) or (len(which) >= 4 and one.commit.startswith(which)):
            return one
    raise RefusedError(
        f"{name} has no release `{which}`", f"see `tiphys history {stand.spec.name} --env {stand.resolved.environment.name}`"
    )


def expectations(stand: Stand, back: int, kept: Collection[str] = ()) -> list[str]:
    """Return what will happen in the cluster, as far as the spec determines it."""
    images = [f"the images {listed(kept)}" if len(kept) > 1 else f"the image {listed(kept)}"] if kept else []
    said = f"not rolled back: {', '.join(['values', 'replicas', 'strategy', *images, 'ConfigMaps and Secrets'])}, and data"
    return [said, controller_does(stand, back)]


def controller_does(stand: Stand, back: int) -> str:
    """Return how the cluster gets to a version that it ran some releases ago."""
    strategy, rollout = stand.resolved.strategy, stand.resolved.rollout
    kind = strategies.kind(strategy)
    window = (rollout.get("rollbackWindow") or {}).get("revisions", 0)
    if not kind:
        return "the spec has no strategy: the update strategy of the workload itself replaces the pods, that of a Deployment at once"
    if back <= window:
        return f"Argo Rollouts skips the steps: release {back} back is within the rollbackWindow of {window}"
    if kind == "blueGreen":
        return "Argo Rollouts switches back at once while the old pods are kept (scaleDownDelaySeconds); after that it runs the full promotion"
    hint = "the rollbackWindow is too small" if window else "no rollbackWindow is set"
    name = forced_name(stand.resolved) or "ROLLOUT"  # the chart alone knows what it calls its objects by itself
    return f"Argo Rollouts runs all steps again: {hint}. In an emergency: kubectl argo rollouts promote --full {name}"
