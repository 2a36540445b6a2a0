"""A canary, step by step, as the controller walks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.kubernetes import strategy as strategies
from generator.kubernetes.arithmetic import Pods, bounds
from generator.plan import steps
from generator.plan.analysis import run_of
from generator.plan.basic import STUCK, UNMET
from generator.plan.course import Leg, course
from generator.plan.model import FOREVER, NONE, Plan, Run, Stage, Wait, Workload
from generator.plan.reconcile import Aim, Canary, Threshold
from generator.plan.routed import Routing, Scale, scale_of
from generator.plan.steps import SCALE_DOWN_DELAY

_NOT_ROUTERS = ("managedRoutes", "maxTrafficWeight", "plugins")


def plan(workload: Workload) -> Plan:
    """Return the plan of a canary, from its first step to the end of the old pods."""
    canary = of(workload)
    legs = course(canary)
    walk = _Walk(workload, canary)
    stages = tuple(walk.step(index, step, legs[index]) for index, step in enumerate(strategies.steps(workload.strategy)))
    given = strategies.body(workload.strategy)
    analysis = given.get("analysis")
    return Plan(
        workload,
        "canary",
        stages,
        walk.finish(legs[-1]),
        router=router(workload.strategy),
        whole=canary.whole,
        background=run_of(analysis, workload.templates) if analysis else None,
        background_from=int((analysis or {}).get("startingStep") or 0),
    )


def of(workload: Workload) -> Canary:
    """Return what moves the pods and the traffic of a workload with a canary strategy."""
    given = strategies.body(workload.strategy)
    routing, replicas = given.get("trafficRouting"), workload.replicas
    whole = (routing or {}).get("maxTrafficWeight") or 100
    return Canary(
        replicas,
        bounds(given.get("maxSurge"), given.get("maxUnavailable"), replicas),
        tuple(_aims(workload, whole, is_routed=routing is not None)),
        None
        if routing is None
        else Routing(replicas, whole, bool(given.get("dynamicStableScale")), given.get("minPodsPerReplicaSet")),
        bool(router(workload.strategy)),
        _threshold(given) if workload.controller.has_threshold else None,
        workload.controller,
        given.get("abortScaleDownDelaySeconds"),
        tuple(_way_back(workload)),
    )


def _aims(workload: Workload, whole: int, *, is_routed: bool) -> Iterator[Aim]:
    weight = 0
    scale: Scale | None = None
    for step in strategies.steps(workload.strategy):
        before = weight
        if step.get("setWeight") is not None:
            weight = int(step["setWeight"])
        if is_routed and step.get("setCanaryScale") is not None:
            scale = scale_of(step["setCanaryScale"])
        ends_by = next(iter(steps.actions(step)), "")
        yield Aim(weight, before, scale, ends_by in ("setWeight", "setCanaryScale"))
    yield Aim(whole, weight)


def _way_back(workload: Workload) -> Iterator[int]:
    """Yield the weights of the steps from the last to the first, each only if it is less than all before it."""
    least: int | None = None
    for step in reversed(strategies.steps(workload.strategy)):
        if step.get("setWeight") is not None and (least is None or int(step["setWeight"]) < least):
            least = int(step["setWeight"])
            yield least


def _threshold(given: Mapping[str, Any]) -> Threshold | None:
    threshold = given.get("replicaProgressThreshold")
    if threshold is None:
        return None
    return Threshold(threshold.get("type") == "Percent", int(threshold.get("value") or 0))


def router(strategy: Mapping[str, Any]) -> str:
    """Return the traffic routers of a strategy by name, plugins by theirs; empty without one."""
    routing = strategies.routing(strategy)
    named = [name for name in routing if name not in _NOT_ROUTERS and routing[name] is not None]
    return ", ".join([*named, *(routing.get("plugins") or {})])


class _Walk:
    """Turns legs into stages; remembers routes, and the pods of experiments that have ended."""

    def __init__(self, workload: Workload, canary: Canary) -> None:
        self.workload = workload
        self.canary = canary
        self.routes: tuple[str, ...] = ()
        self._leaving: list[tuple[int, float]] = []

    def step(self, index: int, step: Mapping[str, Any], leg: Leg) -> Stage:
        """Return the stage of one step."""
        named = steps.actions(step)
        self._set_route(step)
        action = named[0] if named else "nothing"
        wait, manual, never, run = self._end(action, step)
        experiment = step.get("experiment") or {}
        extra = steps.experiment_pods(experiment)
        rounds = leg.rounds + (1 if extra else 0)
        if not leg.arrived:
            never, wait = self._dead_end, FOREVER
        stage = self._stage(action, steps.title(step, self.canary.whole), self.canary.aims[index].weight, leg)._replace(
            wait=wait.then(self._ready(rounds)),
            manual=manual,
            never=never,
            rounds=rounds,
            number=index,
            run=run,
            extra=extra,
            extra_weight=steps.experiment_weight(experiment) if self.canary.router else 0,
            routes=self.routes,
            unheeded=tuple(named[1:]),
        )
        self._leave(extra, experiment, stage.wait)
        return stage._replace(peak=stage.peak + extra)

    def finish(self, leg: Leg) -> tuple[Stage, ...]:
        """Return what follows the last step: all traffic to the new version, then the end of the old."""
        self.routes = ()
        promote = self._stage("promote", "promote", self.canary.whole, leg)._replace(
            wait=self._ready(leg.rounds) if leg.arrived else FOREVER,
            never="" if leg.arrived else self._dead_end,
            rounds=leg.rounds,
        )
        if self.canary.routing is None or self.canary.dynamic or not leg.pods.stable:
            return (promote,)
        given = strategies.body(self.workload.strategy)
        return promote, old_pods_leave(given, leg.pods, self.canary.whole, leg.ready)

    @property
    def _dead_end(self) -> str:
        moves = self.canary.routing is not None or any(self.canary.limits)
        return UNMET if moves and self.canary.threshold is not None else STUCK

    def _stage(self, action: str, title: str, weight: int, leg: Leg) -> Stage:
        """Return a stage with the pods and the traffic of its leg."""
        whole, total = self.canary.whole, leg.pods.total
        share = leg.pods.canary * whole / total if total else 0
        return Stage(
            action,
            title,
            leg.pods,
            weight=weight,
            reached=share if leg.weight is None else leg.weight,
            peak=leg.peak + self._lingering,
            floor=leg.floor,
            worst=leg.worst,
        )

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
        if action in ("plugin", "nothing"):
            return FOREVER, False, "", None
        return NONE, False, "", None

    def _ready(self, rounds: int) -> Wait:
        seconds = rounds * self.workload.min_ready_seconds
        return Wait(seconds, seconds)

    def _set_route(self, step: Mapping[str, Any]) -> None:
        """Remember the header and mirror routes; a step without a match removes one."""
        for action in ("setHeaderRoute", "setMirrorRoute"):
            route = step.get(action)
            if route is not None and self.canary.router:
                name = str(route.get("name", ""))
                others = tuple(known for known in self.routes if known != name)
                self.routes = (*others, name) if route.get("match") else others

    @property
    def _lingering(self) -> int:
        return sum(pods for pods, _ in self._leaving)

    def _leave(self, pods: int, experiment: Mapping[str, Any], wait: Wait) -> None:
        """Expire the pods of earlier experiments, and record those of this one, which keep running for some time."""
        self._leaving = [(count, left - wait.least) for count, left in self._leaving if left > wait.least]
        delay = steps.experiment_delay(experiment)
        if pods and delay:
            self._leaving.append((pods, delay))


def old_pods_leave(strategy: Mapping[str, Any], pods: Pods, whole: int, ready: int) -> Stage:
    """Return the stage in which the old pods wait without traffic, then stop; `ready` is how many new ones are available."""
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
        floor=ready + pods.stable if never else ready,
        wait=FOREVER if never else Wait(delay, delay),
        never=never,
    )
