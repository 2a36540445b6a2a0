"""Ways to roll back: by the fast track, or through all steps again.

Source: argo-rollouts, rollout/sync.go, isRollbackWithinWindow, and rollout/bluegreen.go, isBlueGreenFastTracked
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.plan.model import Plan
from generator.syntax.durations import spoken


class Rollback(NamedTuple):
    """The ways back from a finished release."""

    window: int
    """How many versions back the fast track goes; 0 for none."""
    fast_seconds: float | None
    """How long the old pods are kept, so that going back needs no new ones; None if they are kept indefinitely."""
    steps_again: float
    """The least seconds of a rollback that is a release like any other."""
    sentences: tuple[str, ...]


def rollback(plan: Plan) -> Rollback:
    """Return how to go back after this release."""
    window = plan.workload.rollback_window
    kept = next((stage.wait.most for stage in plan.all_stages if stage.action == "scaleDown"), 0)
    again = plan.wait.least
    if plan.plain:
        return Rollback(0, 0, again, tuple(_plain(plan)))
    sentences = []
    if plan.kind == "canary":
        sentences.append("back to the old version before the last step ends: all steps are skipped")
    elif kept != 0:
        how_long = "while its pods are running" if kept is None else f"within {spoken(kept)} of promotion"
        sentences.append(f"back to the old version {how_long}: at once, without pause or analysis")
    last = "the last version" if window == 1 else f"one of the last {window} versions"
    if window:
        sentences.append(f"back to {last}: without steps, pauses or analysis, as soon as its pods are available")
    time = "a manual promotion and " if plan.gates else ""
    cost = f"{time}at least {spoken(again)}" if again else f"{time}the start of its pods"
    subject = "any older version" if window else "any other version"
    sentences.append(f"back to {subject}: a release like any other, which takes {cost}")
    return Rollback(window, kept, again, tuple(sentences))


def _plain(plan: Plan) -> Iterator[str]:
    if plan.kind == "statefulSet" and plan.stages and plan.stages[0].never:
        yield "a rollback replaces a pod only when someone deletes it"
        return
    yield "a rollback is a rolling update like any other"
    if plan.kind == "statefulSet" and not plan.workload.parallel:
        yield "a pod that never became ready blocks it: delete that pod after the rollback"
