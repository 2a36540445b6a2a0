"""Compute what happens to pods and traffic when a release is aborted, and when.

Source: argo-rollouts, rollout/replicaset.go, shouldDelayScaleDownOnAbort, and rollout/trafficrouting.go,
calculateDesiredWeightOnAbortOrStableRollback
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.kubernetes import strategy as strategies
from generator.kubernetes.arithmetic import Pods, bounds
from generator.plan import basic
from generator.plan.model import Plan, Stage, Workload
from generator.syntax.durations import spoken
from generator.syntax.wording import counted

ABORT_DELAY = 30
"""Seconds that the new pods are kept after an abort by default."""


class Event(NamedTuple):
    """One thing that happens after an abort, with the state that it leads to."""

    after: float | None
    """Seconds after the abort, at the earliest; None if unknown."""
    what: str
    weight: float
    pods: Pods


class Abort(NamedTuple):
    """The way back from one stage."""

    at: int
    title: str
    events: tuple[Event, ...]
    peak: int
    floor: int


def abort(plan: Plan, at: int) -> Abort:
    """Return what follows when stage `at` is aborted, with its pods settled; raises IndexError without such a stage."""
    last = last_stage(plan)
    if not 0 <= at <= last:
        raise IndexError(at)
    stage = plan.stages[at]
    if plan.kind == "blueGreen":
        events = tuple(_blue_green(plan, stage))
        floor = plan.replicas
    elif strategies.body(plan.workload.strategy).get("trafficRouting") is None:
        return _with_experiment(_basic(plan.workload, stage, at), stage)
    else:
        events = tuple(_routed(plan, stage))
        floor = min(stage.pods.total, plan.replicas)
    peak = max(stage.pods.total, *(event.pods.total for event in events))
    return _with_experiment(Abort(at, stage.title, events, peak, floor), stage)


def _with_experiment(found: Abort, stage: Stage) -> Abort:
    """Return the abort with the end of the experiment that the stage runs."""
    if not stage.extra:
        return found
    first = found.events[0]
    end = Event(0, f"the experiment ends, and its {counted(stage.extra, 'pod')} stop", first.weight, first.pods)
    return found._replace(events=(end, *found.events), peak=found.peak + stage.extra)


def last_stage(plan: Plan) -> int:
    """Return the last stage that can be aborted; -1 if none can, as for a Deployment."""
    if plan.plain:
        return -1
    return max((number for number, stage in enumerate(plan.stages) if stage.action != "scaleDown"), default=-1)


def _basic(workload: Workload, stage: Stage, at: int) -> Abort:
    canary = strategies.body(workload.strategy)
    limits = bounds(canary.get("maxSurge"), canary.get("maxUnavailable"), workload.replicas)
    way = basic.move(workload.replicas, 0, limits, stage.pods)
    events = [Event(0, "the weight is 0 again, but traffic follows the pods", stage.reached, stage.pods)]
    if way.rounds:
        what = f"old pods start, at most {way.peak} pods in all; new pods stop as old ones become available"
        events.append(Event(None, what, 0, way.pods))
    elif way.pods != stage.pods:
        events.append(Event(0, "new pods stop", 0, way.pods))
    return Abort(at, stage.title, tuple(events), way.peak, way.floor)


def _routed(plan: Plan, stage: Stage) -> Iterator[Event]:
    canary = strategies.body(plan.workload.strategy)
    pods, replicas = stage.pods, plan.replicas
    if canary.get("dynamicStableScale"):
        yield from _dynamic(canary, stage, replicas)
        return
    yield Event(0, "all traffic returns to the old pods", 0, pods)
    if pods.canary:
        yield from _new_pods_go(canary, pods, 0)


def _dynamic(canary: dict[str, Any], stage: Stage, replicas: int) -> Iterator[Event]:
    """Yield the way back if old pods were scaled down: they must start before the traffic can return."""
    pods = stage.pods
    back = max(0, replicas - pods.stable)
    if back:
        yield Event(
            0, f"{back} old pods start; the traffic stays until they are available", stage.reached, Pods(pods.canary, replicas)
        )
    settled = Pods(pods.canary, replicas)
    when = None if back else 0
    if canary.get("abortScaleDownDelaySeconds") is None:
        yield Event(when, "traffic returns to the old pods as they become available, and new pods stop", 0, Pods(0, replicas))
        return
    yield Event(when, "traffic returns to the old pods as they become available", 0, settled)
    if pods.canary:
        yield from _new_pods_go(canary, settled, when)


def _blue_green(plan: Plan, stage: Stage) -> Iterator[Event]:
    blue_green = strategies.body(plan.workload.strategy)
    if stage.weight:
        yield Event(0, "the active Service switches back to the old pods", 0, stage.pods)
    else:
        yield Event(0, "traffic stays on the old pods", 0, stage.pods)
    if stage.pods.canary:
        yield from _new_pods_go(blue_green, stage.pods, 0)


def _new_pods_go(strategy: dict[str, Any], pods: Pods, since: float | None) -> Iterator[Event]:
    delay = strategy.get("abortScaleDownDelaySeconds")
    if delay == 0:
        yield Event(since, "the new pods keep running (abortScaleDownDelaySeconds: 0)", 0, pods)
        return
    seconds = ABORT_DELAY if delay is None else delay
    after = None if since is None else since + seconds
    yield Event(after, f"the new pods stop {spoken(seconds)} later", 0, Pods(0, pods.stable))
