"""One reconciliation of a canary by the controller.

Each moves the traffic first, then scales one ReplicaSet, the stable one first, and then asks whether the step is over.
Source: argo-rollouts, rollout/canary.go, rolloutCanary, rollout/trafficrouting.go, reconcileTrafficRouting, and
rollout/sync.go, shouldFullPromote
"""

from __future__ import annotations

from typing import NamedTuple

from generator.kubernetes.arithmetic import Bounds, Pods, split
from generator.plan import basic, routed
from generator.plan.basic import ReplicaSet
from generator.plan.controller import Controller
from generator.plan.routed import Routing, Scale


class Threshold(NamedTuple):
    """A replicaProgressThreshold: how many available pods are enough."""

    percent: bool
    value: int

    def is_met(self, found: ReplicaSet, wanted: int) -> bool:
        """Tell whether enough of the wanted pods are available."""
        if self.value < 0:
            return _is_complete(found, wanted)
        if self.percent:
            return wanted == 0 or found.available * 100 >= self.value * wanted
        return found.available >= self.value


class Aim(NamedTuple):
    """What the controller works towards at one step, or after the last."""

    weight: int
    before: int
    """The weight of the steps before, which the router keeps until the pods of this one are available."""
    scale: Scale | None = None
    by_pods: bool = True
    """Whether the step ends when its pods are available, and not with a time, a promotion or a result."""

    def asks_for_the_pods_of(self, other: Aim) -> bool:
        """Tell whether two steps need the same pods."""
        return (self.weight, self.scale) == (other.weight, other.scale)


class Canary(NamedTuple):
    """A canary strategy, reduced to what moves pods and traffic."""

    replicas: int
    limits: Bounds
    aims: tuple[Aim, ...]
    """One per step, and one after the last, which is all traffic."""
    routing: Routing | None
    """None without `trafficRouting`."""
    router: bool
    """Whether something routes traffic."""
    threshold: Threshold | None
    controller: Controller
    abort_delay: int | None = None
    """abortScaleDownDelaySeconds."""
    back: tuple[int, ...] = ()
    """The weights that an abort goes back over, the last step first; those that one before it makes superfluous left out."""

    @property
    def whole(self) -> int:
        """The weight that is all traffic."""
        return 100 if self.routing is None else self.routing.whole

    @property
    def dynamic(self) -> bool:
        """Whether stable pods stop as the traffic leaves them."""
        return self.routing is not None and self.routing.dynamic

    @property
    def start(self) -> State:
        """The state before the first step."""
        stable = ReplicaSet(self.replicas, self.replicas)
        return State(0, ReplicaSet(0, 0), stable, 0 if self.router else None)


class State(NamedTuple):
    """Where a release is."""

    step: int
    """The step; after the last, their number."""
    canary: ReplicaSet
    stable: ReplicaSet
    weight: int | None
    """What the router sends to the canary now; None without a router."""
    promoted: bool = False
    """Whether the new version is the stable one."""

    @property
    def pods(self) -> Pods:
        """The pods that are wanted."""
        return Pods(self.canary.wanted, self.stable.wanted)

    @property
    def available(self) -> int:
        """The available pods of both versions."""
        return self.canary.available + self.stable.available

    @property
    def pending(self) -> bool:
        """Whether pods have yet to become available."""
        return self.available < self.pods.total


def reconcile(canary: Canary, state: State) -> State:
    """Return the state after one reconciliation; the same if there is nothing to do until more pods are available.

    The index of a step that a time, a promotion or a result ends is never raised.
    """
    if state.promoted:
        return _clear(canary, state)
    weight = _sent(canary, state)
    over = _is_over(canary, state, weight)
    last = state.step == len(canary.aims) - 1
    new, old = _scaled(canary, state, weight)
    return State(state.step + (over and not last), new, old, weight, over and last)


def _scaled(canary: Canary, state: State, weight: int | None) -> tuple[ReplicaSet, ReplicaSet]:
    """Return both ReplicaSets with one scaled: the stable one by the weight so far, else the canary by the new one."""
    before = desired(canary, state, state.weight)
    if before.stable != state.stable.wanted:
        return state.canary, state.stable.scaled(before.stable)
    after = before if weight == state.weight else desired(canary, state, weight)
    return state.canary.scaled(after.canary), state.stable


def desired(canary: Canary, state: State, actual: int | None) -> Pods:
    """Return the pods that the controller wants now, if the router sends `actual`."""
    aim = canary.aims[state.step]
    if canary.routing is not None:
        return routed.counts(canary.routing, aim.weight, aim.scale, actual)
    target = split(canary.replicas, aim.weight, canary.limits.surge)
    return basic.counts(canary.replicas, target, canary.limits, state.canary, state.stable)


def _sent(canary: Canary, state: State) -> int | None:
    """Return the weight that the router gets."""
    if state.weight is None:
        return None
    aim = canary.aims[state.step]
    asked = 0
    if state.canary.available:
        asked = aim.weight if _has_arrived(canary, state, None) else aim.before
    return asked if stable_bears(canary, state.stable, canary.whole - asked) else state.weight


def stable_bears(canary: Canary, stable: ReplicaSet, weight: int) -> bool:
    """Tell whether the router may send this weight to the stable pods."""
    if not canary.controller.guards_stable:
        return True
    needed = weight * canary.replicas // (canary.whole if canary.controller.guards_by_whole else 100)
    enough = canary.threshold is not None and canary.threshold.is_met(stable, needed)
    return enough or stable.available >= needed


def _has_arrived(canary: Canary, state: State, actual: int | None) -> bool:
    """Tell whether the pods of a step are there; stable pods count only where they do not follow the traffic."""
    wanted = desired(canary, state, actual)
    if canary.threshold is None:
        enough = _is_complete(state.canary, wanted.canary)
    else:
        enough = canary.threshold.is_met(state.canary, wanted.canary)
    return enough and (canary.dynamic or wanted.stable == state.stable.wanted)


def _is_complete(found: ReplicaSet, wanted: int) -> bool:
    return found == (wanted, wanted)


def _is_over(canary: Canary, state: State, weight: int | None) -> bool:
    if state.step < len(canary.aims) - 1:
        return canary.aims[state.step].by_pods and _has_arrived(canary, state, weight)
    available, replicas = state.canary.available, canary.replicas
    if not canary.controller.has_threshold:
        return available == replicas
    return available >= replicas or (canary.threshold is not None and canary.threshold.is_met(state.canary, replicas))


def _clear(canary: Canary, state: State) -> State:
    """Return the state after one reconciliation of a promoted release: the rest of the new pods, and the end of the old."""
    if canary.routing is None:
        new, old = _scaled(canary, state, None)
        return state._replace(canary=new, stable=old)
    spare = state.available - (canary.replicas - canary.limits.unavailable)
    stable = state.stable.scaled(0) if canary.dynamic and spare > 0 else state.stable
    weight = None if state.weight is None else canary.whole if canary.replicas else 0
    return state._replace(canary=state.canary.scaled(canary.replicas), stable=stable, weight=weight)
