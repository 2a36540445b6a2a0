"""Roll a service back: choose an earlier release, and say what the cluster will do."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from generator.errors import RefusedError
from generator.history import moves
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
    chart = "" if chart_of(stand.resolved).folder else release.chart_version
    images = moves.images_to(release.version.images, stand.version.images)
    kept = {image.name for image in (*release.version.images, *stand.version.images)} - {image.name for image in images}
    move = Move(service, environment, release.image_tag, release.digest or None, chart, images=images, code=release.code)
    return Rollback(move, back, kept)


def _chosen(known: list[Release], which: str, stand: Stand, *, complete: bool) -> Release:
    """Return the release to roll back to; raises RefusedError."""
    name = f"{stand.spec.name} in {stand.resolved.environment.name}"
    if not which:
        now = stand.version
        versions = [Version(one.image_tag, one.digest, one.chart_version, one.version.images) for one in known]
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
    said = [f"not rolled back: {', '.join(['values', 'replicas', 'strategy', *images, 'ConfigMaps and Secrets'])}, and data"]
    strategy, rollout = stand.resolved.strategy, stand.resolved.rollout
    kind = strategies.kind(strategy)
    window = (rollout.get("rollbackWindow") or {}).get("revisions", 0)
    if not kind:
        said.append(
            "the spec has no strategy: the update strategy of the workload itself replaces the pods, that of a Deployment at once"
        )
    elif back <= window:
        said.append(f"Argo Rollouts skips the steps: release {back} back is within the rollbackWindow of {window}")
    elif kind == "blueGreen":
        said.append(
            "Argo Rollouts switches back at once while the old pods are kept (scaleDownDelaySeconds); after that it runs the full promotion"
        )
    else:
        hint = "the rollbackWindow is too small" if window else "no rollbackWindow is set"
        name = forced_name(stand.resolved) or "ROLLOUT"  # the chart alone knows what it calls its objects by itself
        said.append(f"Argo Rollouts runs all steps again: {hint}. In an emergency: kubectl argo rollouts promote --full {name}")
    return said
