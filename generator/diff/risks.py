"""The risks of a change: a stable id, a level and the reason."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How closely to look, the worst first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Risk(NamedTuple):
    """One kind of risk; `id` never changes its meaning."""

    id: str
    level: Level
    """The level in production; elsewhere it is one lower."""
    why: str
    everywhere: bool = False
    """Whether it is as bad outside of production."""

    def at(self, *, production: bool) -> Level:
        """Return how closely to look at it there."""
        levels = list(Level)
        return self.level if production or self.everywhere else levels[min(levels.index(self.level) + 1, len(levels) - 1)]


_HIGH, _MEDIUM, _LOW = Level

_ALL = (
    Risk("service-removed", _HIGH, "its workloads are deleted, or left running unmanaged"),
    Risk("environment-removed", _HIGH, "without its root Application, its Applications are no longer applied"),
    Risk("object-removed", _HIGH, "Argo CD prunes objects that are removed from Git"),
    Risk("name-changed", _HIGH, "a renamed object is a new object: the old one is deleted"),
    Risk("selector-changed", _HIGH, "selectors decide which pods get traffic, and a workload's selector is immutable"),
    Risk("workload-replaced", _HIGH, "a workload of a different kind is a new object: the old one and its pods are deleted"),
    Risk("immutable-field", _HIGH, "Kubernetes rejects the change: the StatefulSet must be deleted and created again"),
    Risk("sync-fails", _HIGH, "Kubernetes refuses to change this field, so every sync fails", everywhere=True),
    Risk("destination-changed", _HIGH, "it is created in a different place; the old workloads are left running or pruned"),
    Risk("analysis-removed", _HIGH, "nothing measures the new version before it gets all traffic"),
    Risk("gate-removed", _HIGH, "the release continues without a manual promotion"),
    Risk("strategy-removed", _HIGH, "a new version replaces the old one without steps, weights or analyses"),
    Risk("security-loosened", _HIGH, "the container gets more privileges"),
    Risk(
        "replicas-flipped",
        _HIGH,
        "a different controller sets the number of pods, and a live workload can drop to one pod in between",
    ),
    Risk("prune-on", _HIGH, "Argo CD deletes objects that are removed from Git"),
    Risk("guard-removed", _HIGH, "Argo CD deletes the Application and its workloads without confirmation"),
    Risk(
        "secret-in-plain-text",
        _HIGH,
        "a secret is in plain text, and anyone who can read the repository can use it",
        everywhere=True,
    ),
    Risk("downgrade", _HIGH, "an older version may not read what the newer one wrote"),
    Risk("image-moved", _HIGH, "the image comes from a different repository"),
    Risk("image-changed", _MEDIUM, "different code runs"),
    Risk("chart-version", _MEDIUM, "anything the chart renders may change"),
    Risk("strategy-changed", _MEDIUM, "the release follows different steps than the last one"),
    Risk("strategy-added", _MEDIUM, "a Rollout replaces the Deployment"),
    Risk("router-changed", _MEDIUM, "a different router splits the traffic"),
    Risk("analysis-changed", _MEDIUM, "the release is measured differently"),
    Risk("capacity", _MEDIUM, "a release needs more capacity, or leaves fewer pods available"),
    Risk("replicas-lowered", _MEDIUM, "fewer pods carry the load"),
    Risk("probe-removed", _MEDIUM, "pods count as ready without being probed"),
    Risk("limits-removed", _MEDIUM, "without requests or limits it can starve other pods, or be evicted first"),
    Risk("security-changed", _MEDIUM, "the container runs with different privileges"),
    Risk("exposure", _MEDIUM, "it is exposed differently than before"),
    Risk("sync-policy", _MEDIUM, "Argo CD applies it differently"),
    Risk("ignored-fields", _MEDIUM, "Argo CD ignores or overwrites different fields than before"),
    Risk("source-changed", _MEDIUM, "Argo CD reads the chart or the values from a different source"),
    Risk("project-changed", _MEDIUM, "a different AppProject sets the permissions"),
    Risk("chart-changed", _MEDIUM, "anything the chart renders may change, for every service that uses it"),
    Risk("service-added", _MEDIUM, "it has not run there before"),
    Risk("environment-added", _MEDIUM, "it does not exist yet"),
    Risk("object-added", _MEDIUM, "it does not exist yet"),
    Risk("removed", _MEDIUM, "the chart's default, if any, applies instead"),
    Risk("routine", _LOW, "no known risk"),
)

RISKS = {risk.id: risk for risk in _ALL}
"""The risks by id, the worst first."""

ROUTINE = "routine"
