"""What a change can do to who runs the service: an id that stays, a level, and why."""

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
    """In production; elsewhere it is one lower."""
    why: str
    everywhere: bool = False
    """Whether it is as bad outside of production."""

    def at(self, *, production: bool) -> Level:
        """Return how closely to look at it there."""
        levels = list(Level)
        return self.level if production or self.everywhere else levels[min(levels.index(self.level) + 1, len(levels) - 1)]


_HIGH, _MEDIUM, _LOW = Level

_ALL = (
    Risk("service-removed", _HIGH, "what runs of it is deleted, or stays with nobody to manage it"),
    Risk("environment-removed", _HIGH, "without its root Application nobody applies its Applications any more"),
    Risk("object-removed", _HIGH, "Argo CD prunes what is no longer in Git"),
    Risk("name-changed", _HIGH, "under another name it is another object: the old one goes, a new one is made"),
    Risk(
        "selector-changed", _HIGH, "selectors decide which pods get traffic, and those of a workload cannot be changed in place"
    ),
    Risk("destination-changed", _HIGH, "it is made anew in another place, and what runs in the old one is left or pruned"),
    Risk("analysis-removed", _HIGH, "nothing measures the new version before it gets all traffic"),
    Risk("gate-removed", _HIGH, "nobody is asked before the release goes on"),
    Risk("strategy-removed", _HIGH, "a new version replaces the old one without steps, weights or analyses"),
    Risk("security-loosened", _HIGH, "the container may do more than before"),
    Risk(
        "replicas-flipped",
        _HIGH,
        "who sets the number of pods changes hands, and a live workload can drop to one pod in between",
    ),
    Risk("prune-on", _HIGH, "Argo CD deletes whatever is no longer in Git"),
    Risk("guard-removed", _HIGH, "Argo CD asks nobody before it deletes the Application and what runs of it"),
    Risk("secret-in-plain-text", _HIGH, "a secret is written down, and whoever reads the repository has it", everywhere=True),
    Risk("downgrade", _HIGH, "an older version may not read what the newer one wrote"),
    Risk("image-moved", _HIGH, "the image comes from another place"),
    Risk("image-changed", _MEDIUM, "other code runs"),
    Risk("chart-version", _MEDIUM, "everything that the chart renders may be another"),
    Risk("strategy-changed", _MEDIUM, "the release goes other steps than the last one"),
    Risk("strategy-added", _MEDIUM, "a Rollout takes the place of the Deployment"),
    Risk("router-changed", _MEDIUM, "traffic is split by something else"),
    Risk("analysis-changed", _MEDIUM, "what lets a release pass is measured in another way"),
    Risk("capacity", _MEDIUM, "a release needs more room, or leaves fewer pods that serve"),
    Risk("replicas-lowered", _MEDIUM, "fewer pods carry the load"),
    Risk("probe-removed", _MEDIUM, "pods count as healthy without being asked"),
    Risk("limits-removed", _MEDIUM, "without requests or limits it can starve others, or be evicted first"),
    Risk("security-changed", _MEDIUM, "the container runs with other rights"),
    Risk("exposure", _MEDIUM, "it is reached from elsewhere than before"),
    Risk("sync-policy", _MEDIUM, "Argo CD applies it in another way"),
    Risk("ignored-fields", _MEDIUM, "Argo CD overlooks, or overwrites, other fields than before"),
    Risk("source-changed", _MEDIUM, "Argo CD reads the chart or the values from elsewhere"),
    Risk("project-changed", _MEDIUM, "another AppProject decides what is permitted"),
    Risk("chart-changed", _MEDIUM, "whatever the chart renders may be another, for all who use it"),
    Risk("service-added", _MEDIUM, "it has not run there before"),
    Risk("environment-added", _MEDIUM, "it is not there yet"),
    Risk("object-added", _MEDIUM, "it is not there yet"),
    Risk("removed", _MEDIUM, "the chart's default, or nothing, takes its place"),
    Risk("routine", _LOW, "nothing is known to speak against it"),
)

RISKS = {risk.id: risk for risk in _ALL}
"""The risks by id, the worst first."""

ROUTINE = "routine"
