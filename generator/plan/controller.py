"""Which Argo Rollouts a plan simulates, and what its releases do differently.

Source: argo-rollouts, rollout/trafficrouting.go, rollout/sync.go and utils/replicaset/canary.go at v1.7.2, v1.8.0, v1.8.4,
v1.9.1, v1.10.0-rc1 and 9f8d111d
"""

from __future__ import annotations

from generator.kubernetes.target import first_of, is_version, release
from generator.syntax.named_tuples import NamedTuple

OLDEST, NEWEST = "1.7", "1.10"
"""The releases that are known; others are simulated as the nearest of the two."""


class Controller(NamedTuple):
    """One release of the controller, by what it does."""

    version: str
    """The release that is simulated."""
    stated: str = ""
    """The release that `target.rollouts` states; empty without one."""
    is_known: bool = True
    """Whether the stated release is simulated, and not only the nearest known one."""
    guards_stable: bool = True
    """Whether traffic returns to stable pods only once enough of them are available (1.8.1, argo-rollouts#3878)."""
    guards_by_whole: bool = True
    """Whether that counts in parts of maxTrafficWeight, and not always of 100 (1.9, argo-rollouts#4646)."""
    has_threshold: bool = True
    """Whether replicaProgressThreshold exists (1.9)."""
    retreats_by_steps: bool = True
    """Whether an abort under dynamicStableScale goes back weight by weight (1.9, argo-rollouts#4035)."""
    delay_frees_retreat: bool = True
    """Whether such an abort ends if abortScaleDownDelaySeconds keeps the new pods (1.10, argo-rollouts#4898)."""


def controller(stated: str = "") -> Controller:
    """Return the release to simulate: the one that `target.rollouts` states, or the newest that is known."""
    given = release(stated) if is_version(stated) else release(NEWEST)
    known = min(max(given, first_of(OLDEST)), release(NEWEST))
    return Controller(
        OLDEST if given < known else NEWEST if given > known or not is_version(stated) else stated.removeprefix("v"),
        stated if is_version(stated) else "",
        is_known=given == known,
        guards_stable=known >= first_of("1.8.1"),
        guards_by_whole=known >= first_of("1.9"),
        has_threshold=known >= first_of("1.9"),
        retreats_by_steps=known >= first_of("1.9"),
        delay_frees_retreat=known >= first_of("1.10"),
    )


CURRENT = controller()
