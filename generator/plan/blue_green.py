"""A blue-green update: a full new set of pods, a preview, then all traffic at once.

Source: argo-rollouts, rollout/bluegreen.go and utils/replicaset/replicaset.go, NewRSNewReplicas
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.kubernetes import strategy as strategies
from generator.kubernetes.arithmetic import Pods
from generator.plan.canary import old_pods_leave
from generator.plan.model import FOREVER, NONE, Plan, Stage, Wait, Workload
from generator.plan.steps import analysis_run
from generator.syntax.durations import spoken

ALL = 100
"""The share of the traffic that moves, in percent."""


def plan(workload: Workload) -> Plan:
    """Return the plan of a blue-green update, phase by phase."""
    return Plan(workload, "blueGreen", tuple(_phases(workload)))


def _phases(workload: Workload) -> Iterator[Stage]:
    blue_green = strategies.body(workload.strategy)
    replicas, ready = workload.replicas, Wait(workload.min_ready_seconds, workload.min_ready_seconds)
    given = blue_green.get("previewReplicaCount")
    preview = replicas if given is None else int(given)
    pods = Pods(preview, replicas)
    yield _stage("preview", "new pods, for preview", pods, replicas, wait=ready if preview else NONE, rounds=min(preview, 1))
    if blue_green.get("prePromotionAnalysis"):
        yield _analysis("prePromotionAnalysis", blue_green, workload, pods, 0)
    yield from _pause(blue_green, pods, replicas)
    if preview != replicas:
        pods = Pods(replicas, replicas)
        grows = replicas > preview
        wait = ready if grows else NONE
        yield _stage("scaleUp", f"new pods to {replicas}", pods, replicas, wait=wait, rounds=int(grows))._replace(
            peak=replicas + max(preview, replicas)
        )
    yield _stage("promote", "promote", pods, replicas, weight=ALL)
    if blue_green.get("postPromotionAnalysis"):
        yield _analysis("postPromotionAnalysis", blue_green, workload, pods, ALL)
    if pods.stable:
        yield old_pods_leave(blue_green, pods, ALL, pods.canary)


def _stage(action: str, title: str, pods: Pods, floor: int, *, weight: int = 0, wait: Wait = NONE, rounds: int = 0) -> Stage:
    """Return a stage; the old pods stay available throughout, so they are the floor."""
    return Stage(action, title, pods, weight=weight, reached=weight, peak=pods.total, floor=floor, wait=wait, rounds=rounds)


def _analysis(field: str, blue_green: Mapping[str, Any], workload: Workload, pods: Pods, weight: int) -> Stage:
    run, never = analysis_run(blue_green[field], workload.templates)
    when = "before" if field == "prePromotionAnalysis" else "after"
    title = f"analysis {when} promotion: {', '.join(run.names)}"
    stage = _stage(field, title, pods, workload.replicas, weight=weight, wait=FOREVER if never else run.wait)
    return stage._replace(never=never, run=run)


def _pause(blue_green: Mapping[str, Any], pods: Pods, floor: int) -> Iterator[Stage]:
    """Yield the pause before promotion; autoPromotionSeconds has no effect while autoPromotionEnabled is false."""
    seconds = blue_green.get("autoPromotionSeconds") or 0
    if blue_green.get("autoPromotionEnabled") is False:
        yield _stage("pause", "pause until promoted", pods, floor, wait=FOREVER)._replace(manual=True)
    elif seconds:
        yield _stage("pause", f"pause {spoken(seconds)}", pods, floor, wait=Wait(seconds, seconds))
