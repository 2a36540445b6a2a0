"""Argo Rollouts' own functions that move the pods and the traffic of a canary, written again from their source.

They share no code with `generator`, and follow upstream's structure and names, so that the two can be compared: what
one of them misreads, the other does not. Source: argo-rollouts at 9f8d111d, utils/replicaset/canary.go,
rollout/canary.go, rollout/trafficrouting.go, rollout/replicaset.go and rollout/sync.go.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class RS:
    spec: int
    available: int


@dataclass(frozen=True)
class World:
    """The objects in the cluster: two ReplicaSets, and the status of the Rollout."""

    new: RS
    stable: RS
    weight: int | None
    step: int = 0
    promoted: bool = False


@dataclass(frozen=True)
class Rollout:
    """A Rollout's `spec`; `canary` is its strategy."""

    replicas: int
    canary: Any
    abort: bool = False

    @property
    def steps(self):
        return self.canary.get("steps") or []

    @property
    def routed(self):
        return self.canary.get("trafficRouting") is not None

    @property
    def dynamic(self):
        return bool(self.canary.get("dynamicStableScale"))

    @property
    def max_weight(self):
        return (self.canary.get("trafficRouting") or {}).get("maxTrafficWeight") or 100

    @property
    def fence_posts(self):
        def of(value, up):
            if isinstance(value, int):
                return value
            exact = int(value.rstrip("%")) * self.replicas / 100
            return math.ceil(exact) if up else math.floor(exact)

        surge, missing = (of(self.canary.get(key, "25%"), key == "maxSurge") for key in ("maxSurge", "maxUnavailable"))
        if surge == 0 and missing == 0:
            missing = 1
        return surge, min(missing, self.replicas)


def threshold_met(ro: Rollout, rs: RS, desired: int) -> bool:
    given = ro.canary.get("replicaProgressThreshold")
    if given is None or given["value"] < 0:
        return desired == rs.spec == rs.available
    if given["type"] == "Percent":
        return desired == 0 or rs.available / desired * 100 >= given["value"] - 1e-10
    return rs.available >= given["value"]


def at_desired_counts(ro: Rollout, world: World, weight: int | None) -> bool:
    new, stable = calculate(ro, world, weight)
    if not threshold_met(ro, world.new, new):
        return False
    return (ro.routed and ro.dynamic) or stable == world.stable.spec


def calculate(ro: Rollout, world: World, weight: int | None) -> tuple[int, int]:
    return routed_counts(ro, world, weight) if ro.routed else basic_counts(ro, world)


def basic_counts(ro: Rollout, world: World) -> tuple[int, int]:
    surge, missing = ro.fence_posts
    new, stable = world.new, world.stable
    want_new, want_stable = approximate(ro.replicas, current_set_weight(ro, world), surge)
    most, least = ro.replicas + surge, ro.replicas - missing
    new_count, stable_count = new.spec, stable.spec
    up = most - new.spec - stable.spec
    if stable.spec < want_stable and up > 0:
        if stable.spec + up < want_stable:
            stable_count, up = stable.spec + up, 0
        else:
            stable_count, up = want_stable, up - (want_stable - stable.spec)
    if new.spec < want_new and up > 0:
        new_count = min(want_new, new.spec + up)

    def for_scale_down(rs: RS, ignore: bool) -> int:
        return rs.spec if rs.spec < rs.available or ignore else rs.available

    increasing = want_new >= new.spec
    removable = for_scale_down(new, not increasing) + for_scale_down(stable, increasing)
    if removable <= least:
        return new_count, stable_count
    down = removable - least
    if not increasing:
        if new.spec > want_new:
            new_count = max(want_new, new.spec - down)
        return adjust(new, stable, new_count, stable_count, most, least)
    if stable.spec > want_stable:
        stable_count = max(want_stable, stable.spec - down)
    stable_count, new_count = adjust(stable, new, stable_count, new_count, most, least)
    return new_count, stable_count


def adjust(drain: RS, other: RS, drained: int, kept: int, most: int, least: int) -> tuple[int, int]:
    over = max(0, kept + drained - most)
    available = min(drain.available, drained)
    kept -= over
    available += min(other.available, kept)
    extra = max(0, other.available - kept)
    kept += min(extra, max(0, least - available))
    return drained - max(0, kept + drained - most), kept


def approximate(replicas: int, weight: int, surge: int) -> tuple[int, int]:
    if replicas == 0:
        return 0, 0

    def tied(total: int) -> bool:
        return math.modf(total * (weight / 100))[0] == 0.5

    high, low = math.ceil(replicas * weight / 100), math.floor(replicas * weight / 100)
    zero = weight in (0, 100) or (replicas == 1 and surge == 0)
    options = []
    if high < replicas or zero:
        options.append((high, replicas))
    if not tied(replicas) and (low != 0 or zero):
        options.append((low, replicas))
    if surge > 0:
        options.append((high, replicas + 1))
        if not tied(replicas + 1) and (low != 0 or zero):
            options.append((low, replicas + 1))
    if not options:
        return 0, replicas
    best = options[0]
    for option in options[1:]:
        if abs(option[0] * 100 / option[1] - weight) < abs(best[0] * 100 / best[1] - weight):
            best = option
    return best[0], best[1] - best[0]


def to_replicas(ro: Rollout, weight: int) -> int:
    return math.ceil(weight * ro.replicas / ro.max_weight)


def with_minimum(ro: Rollout, count: int) -> int:
    least = ro.canary.get("minPodsPerReplicaSet")
    return count if count == 0 or least is None else max(count, min(least, ro.replicas))


def routed_counts(ro: Rollout, world: World, weight: int | None) -> tuple[int, int]:
    exact, desired = replicas_or_weight(ro, world)
    new = exact if exact is not None else with_minimum(ro, to_replicas(ro, desired))
    if not ro.dynamic:
        return new, ro.replicas
    stable = to_replicas(ro, ro.max_weight - desired)
    if weight is not None:
        stable = max(stable, to_replicas(ro, ro.max_weight - weight))
        if ro.abort:
            new = max(to_replicas(ro, weight), new)
    return with_minimum(ro, new), with_minimum(ro, stable)


def replicas_or_weight(ro: Rollout, world: World) -> tuple[int | None, int]:
    scale = canary_scale(ro, world)
    if scale is not None:
        if scale.get("replicas") is not None:
            return scale["replicas"], 0
        if scale.get("weight") is not None:
            return None, scale["weight"]
    return None, desired_canary_weight(ro, world)


def canary_scale(ro: Rollout, world: World):
    if ro.abort and ro.canary.get("abortScaleDownDelaySeconds") != 0:
        return None
    if world.step >= len(ro.steps):
        return None
    for index in range(world.step, -1, -1):
        scale = ro.steps[index].get("setCanaryScale")
        if scale is not None:
            return None if scale.get("matchTrafficWeight") else scale
    return None


def desired_canary_weight(ro: Rollout, world: World) -> int:
    if not (ro.abort and ro.dynamic):
        return current_set_weight(ro, world)
    expected = ro.replicas - world.stable.available
    replicas = max(expected, world.new.available)
    if ro.canary.get("abortScaleDownDelaySeconds"):
        replicas = expected
    for step in reversed(ro.steps):
        if "setWeight" in step and to_replicas(ro, step["setWeight"]) < replicas:
            return step["setWeight"]
    return 0


def current_set_weight(ro: Rollout, world: World) -> int:
    if ro.abort:
        return 0
    if world.step >= len(ro.steps):
        return ro.max_weight
    for index in range(world.step, -1, -1):
        if "setWeight" in ro.steps[index]:
            return ro.steps[index]["setWeight"]
    return 0


def check_available(ro: Rollout, rs: RS, weight: int) -> bool:
    desired = weight * ro.replicas // ro.max_weight
    return rs.available >= desired or threshold_met(ro, rs, desired)


def reconcile_traffic(ro: Rollout, world: World) -> int | None:
    if world.weight is None:
        return None
    desired = 0
    if world.promoted:
        return ro.max_weight
    if ro.abort:
        desired = weight_on_abort(ro, world)
    elif world.new.available == 0:
        desired = 0
    elif not at_desired_counts(ro, world, None):
        for index in range(world.step - 1, -1, -1):
            if "setWeight" in ro.steps[index]:
                desired = ro.steps[index]["setWeight"]
                break
    elif world.step != len(ro.steps):
        desired = current_set_weight(ro, world)
    else:
        desired = ro.max_weight
    return desired if check_available(ro, world.stable, ro.max_weight - desired) else world.weight


def weight_on_abort(ro: Rollout, world: World) -> int:
    if not ro.dynamic or ro.replicas == 0:
        return 0
    desired = desired_canary_weight(ro, world)
    borne = ro.max_weight * world.stable.available // ro.replicas
    if desired <= 0:
        return min(max(0, ro.max_weight - borne), world.weight)
    return world.weight if borne < ro.max_weight - desired else min(desired, world.weight)


def delays_scale_down(ro: Rollout) -> bool:
    delay = ro.canary.get("abortScaleDownDelaySeconds")
    return ro.abort and ro.routed and delay != 0 and (not ro.dynamic or delay is not None)


def full_promote(ro: Rollout, world: World) -> bool:
    enough = world.new.available >= ro.replicas or threshold_met(ro, world.new, ro.replicas)
    return not ro.abort and enough and world.step == len(ro.steps)


def reconcile(ro: Rollout, world: World) -> World:
    """One call of the controller; steps that end by time are left to the caller."""
    if world.promoted:
        return after_promotion(ro, world)
    weight = reconcile_traffic(ro, world)
    after = scale(ro, world, weight)
    after = replace(after, weight=weight)
    if full_promote(ro, world):
        return replace(after, promoted=True)
    if ro.abort or world.step == len(ro.steps):
        return after
    current = ro.steps[world.step]
    by_pods = "pause" not in current and ("setCanaryScale" in current or "setWeight" in current)
    if by_pods and at_desired_counts(ro, world, weight):
        return replace(after, step=world.step + 1)
    return after


def scale(ro: Rollout, world: World, weight: int | None) -> World:
    stable = calculate(ro, world, world.weight)[1]
    if stable != world.stable.spec:
        return replace(world, stable=scaled(world.stable, stable))
    if delays_scale_down(ro):
        return world
    return replace(world, new=scaled(world.new, calculate(ro, world, weight)[0]))


def scaled(rs: RS, count: int) -> RS:
    return RS(count, min(rs.available, count))


def after_promotion(ro: Rollout, world: World) -> World:
    missing = ro.fence_posts[1]
    weight = None if world.weight is None else ro.max_weight
    spare = world.new.available + world.stable.available - (ro.replicas - missing)
    if ro.routed:
        stable = scaled(world.stable, 0) if ro.dynamic and spare > 0 else world.stable
        return replace(world, weight=weight, stable=stable, new=scaled(world.new, ro.replicas))
    new, old = basic_counts(ro, world)
    if old != world.stable.spec:
        return replace(world, stable=scaled(world.stable, old))
    return replace(world, new=scaled(world.new, new))
