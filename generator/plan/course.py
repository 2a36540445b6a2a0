"""The course of a canary through its steps, for the orders in which its pods may become available.

When pods become available decides what the controller does next, and is not known in advance. The extremes of a plan
hold for every order: they are those of a few orders in which pods are early or late, which tests compare with all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from generator.kubernetes.arithmetic import Pods
from generator.plan import basic
from generator.plan.basic import ReplicaSet
from generator.plan.model import Moment
from generator.plan.reconcile import Canary, State, reconcile


class Leg(NamedTuple):
    """What happens during one step, or after the last."""

    pods: Pods
    """The pods that are wanted at its end."""
    peak: int
    """The most pods at once, without those that are shutting down."""
    floor: int
    """The fewest available pods of both versions."""
    ready: int
    """The fewest available new pods at its end."""
    rounds: int
    """How often it waits for pods to become available."""
    weight: int | None
    """What the router sends at its end; None without a router."""
    worst: Moment | None
    """When a pod carries the most traffic; None without a router."""
    arrived: bool = True
    """Whether it ends."""


class Order(NamedTuple):
    """When pods become available."""

    early: frozenset[str] = frozenset()
    """The versions whose pods are available as soon as they are wanted."""
    at_once: bool = False
    """Whether all others follow together before any time is over; otherwise as few and as late as possible."""
    just_before: str = ""
    """Before which steps the fewest stable pods follow that let the traffic of the one before move: `any` or `scaling`."""


TOGETHER = Order(at_once=True)
LATE = Order()
_MIXED = (
    Order(just_before="any"),
    Order(just_before="scaling"),
    Order(frozenset({"stable"})),
    Order(frozenset({"canary"})),
    Order(frozenset({"canary", "stable"})),
)
_LARGEST = 200
"""Replicas up to which a canary without a router is followed pod by pod."""


@lru_cache(maxsize=1024)
def course(canary: Canary) -> tuple[Leg, ...]:
    """Return one leg for each step, and one for what follows the last."""
    if canary.routing is None and canary.threshold is None:
        return tuple(_settled(canary))
    if canary.routing is None and canary.replicas > _LARGEST:
        return tuple(_bounded(canary))
    others = (LATE, *_MIXED) if canary.dynamic or canary.threshold is not None else (LATE,)
    followed = [follow(canary, order) for order in (TOGETHER, *others)]
    return tuple(_outermost(legs, canary.whole) for legs in zip(*followed, strict=True))


def _settled(canary: Canary) -> Sequence[Leg]:
    """Return the legs of a canary without a router, whose steps start only when all pods are available."""
    legs, pods, weight = [], canary.start.pods, 0
    for aim in canary.aims:
        if aim.weight == weight:
            legs.append(Leg(pods, pods.total, pods.total, pods.canary, 0, None, None))
            continue
        way = basic.move(canary.replicas, aim.weight, canary.limits, pods)
        pods, weight = way.pods, aim.weight
        legs.append(Leg(pods, way.peak, way.floor, pods.canary, way.rounds, None, None, way.arrived))
    return legs


def _bounded(canary: Canary) -> Sequence[Leg]:
    """Return the same where steps end early, by the bounds that no order leaves."""
    most, least = canary.replicas + canary.limits.surge, canary.replicas - canary.limits.unavailable
    return [leg._replace(peak=most, floor=least) if leg.pods != canary.start.pods else leg for leg in _settled(canary)]


def _outermost(legs: Sequence[Leg], whole: int) -> Leg:
    """Return the leg of the first order, with the extremes of all."""
    moments = [leg.worst for leg in legs if leg.worst is not None]
    return legs[0]._replace(
        peak=max(leg.peak for leg in legs),
        floor=min(leg.floor for leg in legs),
        ready=min(leg.ready for leg in legs),
        worst=max(moments, key=lambda moment: moment.load(whole), default=None),
    )


def follow(canary: Canary, order: Order) -> list[Leg]:
    """Return the legs of one order."""
    legs, state = [], _early(canary.start, order)
    for index in range(len(canary.aims)):
        state = state._replace(step=index)
        leg = _Tracker(canary, order, _just_in_time(canary, state, order))
        legs.append(leg.leg())
        state = leg.state
    return legs


class _Tracker:
    """Follows a release through one step, and remembers the extremes."""

    def __init__(self, canary: Canary, order: Order, state: State) -> None:
        self.canary, self.order, self.state, self.index = canary, order, state, state.step
        self.peak, self.floor = state.pods.total, state.available
        self.rounds = 0
        self.worst: Moment | None = None
        self.aim = canary.aims[self.index]

    def leg(self) -> Leg:
        """Return the leg, once the step is over or stuck."""
        arrived = self._until_over()
        self._see_traffic()
        state = self.state
        ready = state.canary.available
        return Leg(state.pods, self.peak, self.floor, ready, self.rounds, state.weight, self.worst, arrived)

    def _until_over(self) -> bool:
        while True:
            if self._advance():
                if self._is_over():
                    self._finish()
                    return True
                continue
            self._see_traffic()
            if not self.aim.by_pods and not (self.order.at_once and self.state.pending):
                return True
            more = _more(self.canary, self.state, self.order)
            if more is None:
                return not self.aim.by_pods or self._is_settled
            self.rounds += self.aim.by_pods
            self._see(more)

    def _advance(self) -> bool:
        """Let the controller act once; return whether it did anything."""
        after = reconcile(self.canary, self.state)
        if after == self.state:
            return False
        self._see(after)
        return True

    def _see(self, state: State) -> None:
        self.state = _early(state, self.order)
        self.peak = max(self.peak, state.pods.total)
        self.floor = min(self.floor, state.available)

    def _see_traffic(self) -> None:
        """Remember who carries the traffic while the controller waits; in between, it changes within a second."""
        state = self.state
        if state.weight is None:
            return
        now = Moment(state.weight, state.canary.available, state.stable.available)
        if self.worst is None or now.load(self.canary.whole) > self.worst.load(self.canary.whole):
            self.worst = now

    def _is_over(self) -> bool:
        """Tell whether the step has ended: after the last, when the old pods are on their own."""
        if self.state.step > self.index:
            return True
        keeps_old = self.canary.routing is not None and not self.canary.dynamic
        return self.state.promoted and keeps_old

    @property
    def _is_settled(self) -> bool:
        return self.state.promoted and self.state.canary.wanted == self.canary.replicas

    def _finish(self) -> None:
        """Let the controller act on what has changed, where the next step asks for nothing else of the pods."""
        following = self.canary.aims[self.state.step]
        same = not following.by_pods and following.asks_for_the_pods_of(self.aim)
        while (same or self.state.promoted) and self._advance():
            pass


def _early(state: State, order: Order) -> State:
    """Return the state with the pods available that are early."""
    canary, stable = state.canary, state.stable
    if "canary" in order.early:
        canary = ReplicaSet(canary.wanted, canary.wanted)
    if "stable" in order.early:
        stable = ReplicaSet(stable.wanted, stable.wanted)
    return state._replace(canary=canary, stable=stable)


def _more(canary: Canary, state: State, order: Order) -> State | None:
    """Return the state with more pods available; None if there are no more, or if none of them changes anything."""
    if not state.pending:
        return None
    full = _early(state, Order(frozenset({"canary", "stable"})))
    if order.at_once:
        return full

    def acts(more: State) -> bool:
        return reconcile(canary, more) != more

    new, old = state.canary.wanted - state.canary.available, state.stable.wanted - state.stable.available
    return (
        _fewest(new, lambda count: state._replace(canary=_plus(state.canary, count)), acts)
        or _fewest(old, lambda count: state._replace(stable=_plus(state.stable, count)), acts)
        or full
    )


def _just_in_time(canary: Canary, state: State, order: Order) -> State:
    """Return the state with the fewest more stable pods that let traffic move; the same if none do."""
    if not order.just_before or (order.just_before == "scaling" and not canary.aims[state.step].by_pods):
        return state

    def moves(more: State) -> bool:
        return reconcile(canary, more).weight != more.weight

    old = state.stable.wanted - state.stable.available
    return _fewest(old, lambda count: state._replace(stable=_plus(state.stable, count)), moves) or state


def _plus(pods: ReplicaSet, count: int) -> ReplicaSet:
    return pods._replace(available=pods.available + count)


def _fewest(most: int, with_more: Callable[[int], State], is_enough: Callable[[State], bool]) -> State | None:
    """Return the state with the fewest more pods that are enough; None if none are."""
    if most == 0 or not is_enough(with_more(most)):
        return None
    low, high = 0, 1
    while high < most and not is_enough(with_more(high)):
        low, high = high, high * 2
    high = min(high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(with_more(middle)) else (middle, high)
    return with_more(high)
