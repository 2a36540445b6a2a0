"""What happens to pods and traffic when a release is aborted, and when.

Source: argo-rollouts, rollout/replicaset.go, shouldDelayScaleDownOnAbort
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from generator.kubernetes import strategy as strategies
from generator.kubernetes.arithmetic import Pods, bounds
from generator.plan import basic
from generator.plan.basic import ReplicaSet
from generator.plan.canary import of
from generator.plan.model import Plan, Stage, Workload
from generator.plan.reconcile import State
from generator.plan.retreat import DELAY, retreat
from generator.plan.steps import experiment_delay
from generator.syntax.durations import spoken
from generator.syntax.wording import counted


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
    endless: bool = False
    """Whether the new version keeps traffic or pods indefinitely."""


def abort(plan: Plan, at: int) -> Abort:
    """Return what follows when stage `at` is aborted, with its pods settled; raises IndexError without such a stage."""
    last = last_stage(plan)
    if not 0 <= at <= last:
        raise IndexError(at)
    stage = plan.stages[at]
    if plan.kind == "blueGreen":
        events = tuple(_blue_green(plan, stage))
        found = Abort(at, stage.title, events, stage.pods.total, min(event.pods.total for event in events))
    elif strategies.body(plan.workload.strategy).get("trafficRouting") is None:
        found = _basic(plan.workload, stage, at)
    else:
        found = _routed(plan.workload, stage, at)
    return _with_experiment(found, stage, plan)


def last_stage(plan: Plan) -> int:
    """Return the last stage that can be aborted; -1 if none can, as for a Deployment."""
    if plan.plain:
        return -1
    return max((number for number, stage in enumerate(plan.stages) if stage.action != "scaleDown"), default=-1)


def endless(plan: Plan) -> Abort | None:
    """Return the first abort that never gives all traffic back to the old version; None if each does."""
    if plan.kind != "canary" or not plan.router or not strategies.body(plan.workload.strategy).get("dynamicStableScale"):
        return None
    canary, seen = of(plan.workload), set()
    for at in range(last_stage(plan) + 1):
        pods, weight = plan.stages[at].pods, round(plan.stages[at].reached)
        if (pods, weight) not in seen and retreat(canary, pods, weight).endless:
            return abort(plan, at)
        seen.add((pods, weight))
    return None


def _with_experiment(found: Abort, stage: Stage, plan: Plan) -> Abort:
    """Return the abort with the end of the experiment that the stage runs, whose pods stop after their own delay."""
    if not stage.extra or stage.number is None:
        return found
    first = found.events[0]
    delay = experiment_delay(strategies.steps(plan.workload.strategy)[stage.number]["experiment"])
    pods = counted(stage.extra, "pod")
    end = Event(0, f"the experiment ends; its {pods} stop {spoken(delay)} later", first.weight, first.pods)
    return found._replace(events=(end, *found.events), peak=found.peak + stage.extra)


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


def _routed(workload: Workload, stage: Stage, at: int) -> Abort:
    canary = of(workload)
    back = retreat(canary, stage.pods, round(stage.reached) if canary.router else None)
    new, old = (ReplicaSet(count, count) for count in stage.pods)
    events = [_event(State(0, new, old, round(stage.reached)), back.states[0], 0)]
    events += [_event(one, two, None) for one, two in pairwise(back.states)]
    floor = back.floor
    last = back.states[-1]
    if back.endless:
        events.append(Event(None, _stays(last), last.weight or 0, last.pods))
    elif back.kept and last.canary.wanted:
        events += _new_pods_go(strategies.body(workload.strategy), last.pods, 0 if len(back.states) == 1 else None)
        floor = min(floor, last.stable.available)
    elif last.canary.wanted:
        text = "new pods keep running: abortScaleDownDelaySeconds is 0, and step 0 is a setCanaryScale"
        events.append(Event(None, text, 0, last.pods))
    return Abort(at, stage.title, tuple(events), back.peak, floor, back.endless)


def _stays(last: State) -> str:
    if last.weight:
        return f"nothing more happens: {last.canary.wanted} new pods keep this traffic indefinitely"
    return "nothing more happens: the new pods keep running indefinitely"


def _event(before: State, after: State, when: float | None) -> Event:
    """Return what the controller does until it waits for pods again."""
    parts = []
    weight, now = before.weight or 0, after.weight or 0
    started, stopped = after.stable.wanted - before.stable.wanted, before.canary.wanted - after.canary.wanted
    if now < weight:
        parts.append(f"the canary's weight falls from {weight} to {now}" if now else "all traffic returns to the old pods")
    if stopped > 0:
        parts.append(f"{counted(stopped, 'new pod')} {'stops' if stopped == 1 else 'stop'}")
    if started > 0:
        parts.append(f"{counted(started, 'old pod')} {'starts' if started == 1 else 'start'}")
    if now == weight and now and after.pending:
        parts.append("the traffic stays until they are available")
    return Event(when, "; ".join(parts) or "all traffic is on the old pods", now, after.pods)


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
    seconds = DELAY if delay is None else delay
    after = None if since is None else since + seconds
    yield Event(after, f"the new pods stop {spoken(seconds)} later", 0, Pods(0, pods.stable))
