"""Ways to roll back: by the fast track, or through all steps again.

Source: argo-rollouts, rollout/sync.go, isRollbackWithinWindow, rollout/bluegreen.go, isBlueGreenFastTracked, and
utils/rollout/rolloututil.go, IsDynamicallyRollingBackToStable
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.kubernetes import strategy as strategies
from generator.plan.model import Plan
from generator.syntax.durations import spoken
from generator.syntax.wording import counted


class Rollback(NamedTuple):
    """The ways back from a finished release."""

    window: int
    """How many versions back the fast track goes; 0 for none."""
    fast_seconds: float | None
    """How long the old pods are kept, so that going back needs no new ones; None if they are kept indefinitely."""
    steps_again: float
    """The least seconds of a rollback that is a release like any other."""
    sentences: tuple[str, ...]
    peak: int | None = None
    """The most pods on the way back during the release, where it takes more than the release itself may."""


def rollback(plan: Plan) -> Rollback:
    """Return how to go back after this release."""
    window = plan.workload.rollback_window
    kept = next((stage.wait.most for stage in plan.all_stages if stage.action == "scaleDown"), 0)
    again = plan.wait.least
    if plan.plain or plan.refused:
        return Rollback(0, 0, again, () if plan.refused else tuple(_plain(plan)))
    sentences, peak = [], _peak(plan)
    if plan.kind == "canary":
        sentences.append(f"back to the old version before the last step ends: all steps are skipped{_cost(plan, peak)}")
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
    return Rollback(window, kept, again, tuple(sentences), peak)


def _peak(plan: Plan) -> int | None:
    """Return the most pods of going back under dynamicStableScale: all old pods start before a new one stops."""
    if (
        not strategies.body(plan.workload.strategy).get("dynamicStableScale")
        or not plan.router
        or not plan.stages
        or not plan.replicas
    ):
        return None
    return plan.replicas + max(stage.pods.canary for stage in plan.stages)


def _cost(plan: Plan, peak: int | None) -> str:
    if peak is None:
        return ""
    pods = f"; all old pods start next to the new ones, up to {counted(peak, 'pod')}"
    if not plan.workload.controller.retreats_by_steps:
        return f"{pods}, and the traffic follows them"
    return f"{pods}, and the traffic moves when the last one is available, although the Rollout is Healthy before"


def _plain(plan: Plan) -> Iterator[str]:
    if plan.kind == "statefulSet" and plan.stages and plan.stages[0].never:
        yield "a rollback replaces a pod only when someone deletes it"
        return
    yield "a rollback is a rolling update like any other"
    if plan.kind == "statefulSet" and not plan.workload.parallel:
        yield "a pod that never became ready blocks it: delete that pod after the rollback"
