"""A canary, step by step, as the controller walks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.kubernetes import strategy as strategies
from generator.kubernetes.arithmetic import Pods, bounds
from generator.plan import basic, routed, steps
from generator.plan.analysis import run_of
from generator.plan.basic import STUCK, Move
from generator.plan.model import FOREVER, NONE, Plan, Run, Stage, Wait, Workload

SCALE_DOWN_DELAY = 30
"""Seconds that old pods are kept by default, so that every node updates its routes."""

_NOT_ROUTERS = ("managedRoutes", "maxTrafficWeight", "plugins")


def plan(workload: Workload) -> Plan:
    """Return the plan of a canary, from its first step to the end of the old pods."""
    walk = Walk(workload)
    stages = tuple(walk.step(index, step) for index, step in enumerate(strategies.steps(workload.strategy)))
    finish = walk.finish()
    analysis = walk.canary.get("analysis")
    return Plan(
        workload,
        "canary",
        stages,
        finish,
        router=router(workload.strategy),
        whole=walk.whole,
        background=run_of(analysis, workload.templates) if analysis else None,
        background_from=int((analysis or {}).get("startingStep") or 0),
    )


def router(strategy: Mapping[str, Any]) -> str:
    """Return the traffic routers of a strategy by name, plugins by theirs; empty without one."""
    routing = strategies.routing(strategy)
    named = [name for name in routing if name not in _NOT_ROUTERS and routing[name] is not None]
    return ", ".join([*named, *(routing.get("plugins") or {})])


class Walk:
    """The state of a release between two steps."""

    def __init__(self, workload: Workload) -> None:
        self.canary = strategies.body(workload.strategy)
        self.workload = workload
        self.replicas = workload.replicas
        routing = self.canary.get("trafficRouting")
        self.is_routed = routing is not None
        self.has_router = bool(router(workload.strategy))
        self.whole = (routing or {}).get("maxTrafficWeight") or 100
        self.limits = bounds(self.canary.get("maxSurge"), self.canary.get("maxUnavailable"), self.replicas)
        self.routing = routed.Routing(
            self.replicas, self.whole, bool(self.canary.get("dynamicStableScale")), self.canary.get("minPodsPerReplicaSet")
        )
        self.weight = 0
        self.scale: Mapping[str, Any] | None = None
        self.pods = Pods(0, self.replicas)
        self.routes: tuple[str, ...] = ()
        self._leaving: list[tuple[int, float]] = []

    @property
    def actual(self) -> int | None:
        """The weight that the router gives the canary; None if none does."""
        return (self.weight if self.pods.canary else 0) if self.has_router else None

    @property
    def reached(self) -> float:
        """The canary's share of the traffic, on the scale of weights."""
        if self.actual is not None:
            return self.actual
        return self.pods.canary * self.whole / self.pods.total if self.pods.total else 0

    def step(self, index: int, step: Mapping[str, Any]) -> Stage:
        """Take one step, and return its stage."""
        named = steps.actions(step)
        way = self._move(step)
        self._set_route(step)
        action = named[0] if named else "nothing"
        wait, manual, never, run = self._end(action, step)
        experiment = step.get("experiment") or {}
        extra = steps.experiment_pods(experiment)
        rounds = way.rounds + (1 if extra else 0)
        if not way.arrived:
            never, wait = STUCK, FOREVER
        stage = Stage(
            action,
            steps.title(step, self.whole),
            self.pods,
            weight=self.weight,
            reached=self.reached,
            peak=way.peak + extra + self._lingering,
            floor=way.floor,
            wait=wait.then(self._ready(rounds)),
            manual=manual,
            never=never,
            rounds=rounds,
            number=index,
            run=run,
            extra=extra,
            extra_weight=steps.experiment_weight(experiment) if self.has_router else 0,
            routes=self.routes,
            unheeded=tuple(named[1:]),
        )
        self._leave(extra, experiment, stage.wait)
        return stage

    def _move(self, step: Mapping[str, Any]) -> Move:
        """Scale the pods as a step requires."""
        before = self.actual
        if step.get("setWeight") is not None:
            self.weight = int(step["setWeight"])
        elif step.get("setCanaryScale") is None or not self.is_routed:
            return Move(self.pods, self.pods.total, self.pods.total, 0, arrived=True)
        if step.get("setCanaryScale") is not None:
            self.scale = step["setCanaryScale"]
        way = self._way(self.weight, self.scale, before)
        self.pods = way.pods
        return way

    def _way(self, weight: int, scale: Mapping[str, Any] | None, actual: int | None) -> Move:
        if self.is_routed:
            return routed.move(self.routing, weight, scale, self.pods, actual)
        return basic.move(self.replicas, weight, self.limits, self.pods)

    def _end(self, action: str, step: Mapping[str, Any]) -> tuple[Wait, bool, str, Run | None]:
        """Return what the end of a step depends on: its wait, a manual promotion, why it never ends, the analysis."""
        if action == "pause":
            return *steps.pause_wait(step["pause"]), None
        if action == "analysis":
            run, never = steps.analysis_run(step["analysis"], self.workload.templates)
            return FOREVER if never else run.wait, False, never, run
        if action == "experiment":
            run, never = steps.experiment_run(step["experiment"], self.workload.templates)
            return run.wait, False, never, run if run.names else None
        if action == "plugin":
            return FOREVER, False, "", None
        if action == "nothing":
            return FOREVER, False, "Argo Rollouts rejects a step without an action", None
        return NONE, False, "", None

    def _ready(self, rounds: int) -> Wait:
        seconds = rounds * self.workload.min_ready_seconds
        return Wait(seconds, seconds)

    def _set_route(self, step: Mapping[str, Any]) -> None:
        """Remember the header and mirror routes; a step without a match removes one."""
        for action in ("setHeaderRoute", "setMirrorRoute"):
            route = step.get(action)
            if route is not None and self.has_router:
                name = str(route.get("name", ""))
                others = tuple(known for known in self.routes if known != name)
                self.routes = (*others, name) if route.get("match") else others

    @property
    def _lingering(self) -> int:
        return sum(pods for pods, _ in self._leaving)

    def _leave(self, pods: int, experiment: Mapping[str, Any], wait: Wait) -> None:
        """Expire the pods of earlier experiments, and record those of this one, which keep running for some time."""
        self._leaving = [(count, left - wait.least) for count, left in self._leaving if left > wait.least]
        delay = experiment.get("scaleDownDelaySeconds", SCALE_DOWN_DELAY)
        if pods and delay:
            self._leaving.append((pods, delay))

    def finish(self) -> tuple[Stage, ...]:
        """Return what follows the last step: all traffic to the new version, then the end of the old."""
        way = self._way(self.whole, None, self.actual)
        self.weight, self.pods, self.routes = self.whole, way.pods, ()
        promote = Stage(
            "promote",
            "promote",
            self.pods,
            weight=self.whole,
            reached=self.reached,
            peak=way.peak + self._lingering,
            floor=way.floor,
            wait=self._ready(way.rounds) if way.arrived else FOREVER,
            never="" if way.arrived else STUCK,
            rounds=way.rounds,
        )
        if not self.is_routed or self.routing.dynamic or not self.pods.stable:
            return (promote,)
        return promote, old_pods_leave(self.canary, self.pods, self.whole)


def old_pods_leave(strategy: Mapping[str, Any], pods: Pods, whole: int) -> Stage:
    """Return the stage in which the old pods wait without traffic, then stop."""
    delay = strategy.get("scaleDownDelaySeconds")
    delay = SCALE_DOWN_DELAY if delay is None else delay
    never = ""
    if strategy.get("scaleDownDelayRevisionLimit") == 0:
        delay = 0
    elif delay == 0:
        never = "scaleDownDelaySeconds: 0 keeps the old pods indefinitely (argo-rollouts#1992)"
    return Stage(
        "scaleDown",
        "old pods stop",
        pods if never else Pods(pods.canary, 0),
        weight=whole,
        reached=whole,
        peak=pods.total,
        floor=pods.canary,
        wait=FOREVER if never else Wait(delay, delay),
        never=never,
    )
