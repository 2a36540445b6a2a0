"""The way back of an aborted canary behind a traffic router, as the controller takes it.

With dynamicStableScale, old pods have to start before the traffic can return; since 1.9 the weight then falls to that
of one step after the other, and new pods stop as their traffic leaves.
Source: argo-rollouts, utils/replicaset/canary.go, GetDesiredCanaryWeight, rollout/trafficrouting.go,
calculateDesiredWeightOnAbortOrStableRollback, and rollout/replicaset.go, shouldDelayScaleDownOnAbort
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.kubernetes.arithmetic import Pods, weighted
from generator.plan import routed
from generator.plan.basic import ReplicaSet
from generator.plan.reconcile import Canary, State, stable_bears
from generator.plan.routed import Routing

DELAY = 30
"""Seconds that the new pods are kept after an abort by default."""


class Retreat(NamedTuple):
    """The states of the way back, each in which the controller waits for pods; the last is the end."""

    states: tuple[State, ...]
    peak: int
    floor: int
    kept: bool
    """Whether the new pods keep running until their delay is over."""
    endless: bool
    """Whether the new version keeps traffic, or pods that should stop, indefinitely."""


def is_kept(canary: Canary) -> bool:
    """Tell whether an abort keeps the new pods for a delay: stated, or by default where old pods keep running."""
    return bool(canary.abort_delay) if canary.abort_delay is not None or canary.dynamic else True


def retreat(canary: Canary, pods: Pods, weight: int | None) -> Retreat:
    """Return the way back from settled pods, of which the canary gets `weight`."""
    state = State(0, ReplicaSet(pods.canary, pods.canary), ReplicaSet(pods.stable, pods.stable), weight)
    states, peak, floor = [], pods.total, pods.total
    while True:
        for passed in _until_quiet(canary, state):
            peak, floor = max(peak, passed.pods.total), min(floor, passed.available)
            state = passed
        states.append(state)
        if not state.pending:
            break
        state = state._replace(stable=ReplicaSet(state.stable.wanted, state.stable.wanted))
    return Retreat(tuple(states), peak, floor, is_kept(canary), _is_endless(canary, state))


def _until_quiet(canary: Canary, state: State) -> Iterator[State]:
    """Yield the states until the controller waits for more pods, at least the given one."""
    while True:
        yield state
        after = retreated(canary, state)
        if after == state:
            return
        state = after


def _is_endless(canary: Canary, state: State) -> bool:
    if state.weight:
        return True
    kept = is_kept(canary) or canary.abort_delay == 0
    return state.stable.available < canary.replicas or (bool(state.canary.wanted) and not kept)


def retreated(canary: Canary, state: State) -> State:
    """Return the state after one reconciliation of an aborted release; the same if it waits for more pods."""
    weight = _sent(canary, state)
    before, after = (_desired(canary, state, actual) for actual in (state.weight, weight))
    if before.stable != state.stable.wanted:
        return state._replace(stable=state.stable.scaled(before.stable), weight=weight)
    if is_kept(canary):
        return state._replace(weight=weight)
    return state._replace(canary=state.canary.scaled(after.canary), weight=weight)


def _desired(canary: Canary, state: State, actual: int | None) -> Pods:
    """Return the pods that are wanted; a delay of 0 leaves a setCanaryScale of the first step in force."""
    routing = canary.routing or Routing(canary.replicas)
    scale = canary.aims[0].scale if canary.abort_delay == 0 and len(canary.aims) > 1 else None
    return routed.counts(routing, _step_weight(canary, state), scale, actual, aborted=True)


def _step_weight(canary: Canary, state: State) -> int:
    """Return the weight to go back to next: that of the last step whose pods are fewer than the canary still has."""
    if not canary.dynamic or not canary.controller.retreats_by_steps:
        return 0
    missing = canary.replicas - state.stable.available
    most = max(missing, state.canary.available)
    if canary.abort_delay and canary.controller.delay_frees_retreat:
        most = missing
    weights = (weight for weight in canary.back if weighted(canary.replicas, weight, canary.whole) < most)
    return next(weights, 0)


def _sent(canary: Canary, state: State) -> int | None:
    """Return the weight that the router sends to the canary."""
    if state.weight is None:
        return None
    asked = _asked(canary, state, state.weight)
    return asked if stable_bears(canary, state.stable, canary.whole - asked) else state.weight


def _asked(canary: Canary, state: State, now: int) -> int:
    if not canary.dynamic or not canary.replicas:
        return 0
    borne = canary.whole * state.stable.available // canary.replicas
    step = _step_weight(canary, state)
    if step <= 0:
        return min(max(0, canary.whole - borne), now)
    return now if borne < canary.whole - step else min(step, now)
