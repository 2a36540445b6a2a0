"""The extremes of a plan hold for every order in which pods may become available: all are walked, by upstream's functions."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest

from generator.kubernetes.arithmetic import Pods
from generator.plan.canary import of
from generator.plan.course import course
from generator.plan.model import Workload
from generator.plan.retreat import retreat
from support import upstream
from support.upstream import RS, Rollout, World

NGINX = {"trafficRouting": {"nginx": {"stableIngress": "web"}}}
DYNAMIC = {**NGINX, "dynamicStableScale": True}
PAUSE = {"pause": {}}


class Seen(NamedTuple):
    """What happened during one step, in any order."""

    peak: int
    floor: int
    load: float


def more(world):
    """Yield the world with one more pod available."""
    if world.new.available < world.new.spec:
        yield replace(world, new=RS(world.new.spec, world.new.available + 1))
    if world.stable.available < world.stable.spec:
        yield replace(world, stable=RS(world.stable.spec, world.stable.available + 1))


def by_time(rollout, world):
    """Yield the world after a pause: it ends whatever the pods do."""
    if not rollout.abort and not world.promoted and world.step < len(rollout.steps) and "pause" in rollout.steps[world.step]:
        yield replace(world, step=world.step + 1)


def load(rollout, world):
    """Return the share of the traffic that one available pod gets at most; 0 if nothing routes."""
    if world.weight is None:
        return 0.0
    sides = ((world.weight, world.new.available), (rollout.max_weight - world.weight, world.stable.available))
    return max(weight / pods if pods else float("inf") for weight, pods in sides if weight)


def every_order(rollout, start):
    """Return all worlds that any order leads to, and those in which the controller waits."""
    found, quiet, open_ = {start}, set(), [start]
    while open_:
        world = open_.pop()
        acted = upstream.reconcile(rollout, world)
        following = [acted, *more(world)] if acted != world else list(more(world))
        if acted == world:
            quiet.add(world)
            following += by_time(rollout, world)
        for one in following:
            if one not in found:
                found.add(one)
                open_.append(one)
    return found, quiet


def extremes(replicas, canary):
    """Return what happens in each step and after the last, over all orders."""
    rollout = Rollout(replicas, canary)
    routes = bool(canary.get("trafficRouting"))
    found, quiet = every_order(rollout, World(RS(0, 0), RS(replicas, replicas), 0 if routes else None))
    seen = {}
    for world in found:
        pods, available = world.new.spec + world.stable.spec, world.new.available + world.stable.available
        before = seen.get(world.step, Seen(0, 10**9, 0))
        worst = max(before.load, load(rollout, world)) if world in quiet else before.load
        seen[world.step] = Seen(max(before.peak, pods), min(before.floor, available), worst)
    return [seen[step] for step in sorted(seen)]


def planned(replicas, canary):
    """Return the same from the plan."""
    given = of(Workload({"canary": canary}, replicas))
    legs = course(given)
    return [Seen(leg.peak, leg.floor, leg.worst.load(given.whole) if leg.worst else 0.0) for leg in legs]


def steps(weights, gated):
    return [step for weight in weights for step in ([{"setWeight": weight}, PAUSE] if gated else [{"setWeight": weight}])]


WEIGHTS = ((10, 50, 90), (50, 20, 80), (90, 0, 60), (20, 60), (100,), (100, 10), (0, 70))
THRESHOLDS = (None, ("Percent", 30), ("Percent", 60), ("Pods", 1), ("Pods", 2), ("Percent", 100))


def strategies(weights, gated, threshold, base, least):
    canary = {**base, "steps": steps(weights, gated)}
    if threshold:
        canary["replicaProgressThreshold"] = {"type": threshold[0], "value": threshold[1]}
    if least:
        canary["minPodsPerReplicaSet"] = least
    return canary


def check(replicas, canary):
    """Compare the whole release: a plan gives each step the follow-up of the traffic that it has moved."""
    real, plan = extremes(replicas, canary), planned(replicas, canary)
    case = (replicas, canary)
    assert max(leg.peak for leg in plan) >= max(one.peak for one in real), (case, plan, real)
    assert min(leg.floor for leg in plan) <= min(one.floor for one in real), (case, plan, real)
    assert max(leg.load for leg in plan) >= max(one.load for one in real), (case, plan, real)
    return real, plan


@pytest.mark.parametrize("base", [NGINX, DYNAMIC], ids=["fixed", "dynamic"])
@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_no_order_needs_more_pods_or_leaves_fewer_than_the_plan_of_a_routed_canary_says(base, weights, request):
    replicas = (1, 2, 3, 5, 7) if request.config.getoption("--exhaustive") else (2, 3, 5)
    for count, gated, threshold, least in product(replicas, (True, False), THRESHOLDS, (None, 2)):
        check(count, strategies(weights, gated, threshold, base, least))


SCALES = (
    [{"setWeight": 80}, PAUSE, {"setCanaryScale": {"replicas": 2}}, PAUSE],
    [{"setCanaryScale": {"replicas": 3}}, PAUSE, {"setWeight": 20}, PAUSE],
    [{"setWeight": 50}, {"setCanaryScale": {"replicas": 0}}, PAUSE, {"setCanaryScale": {}}, {"setWeight": 80}],
    [{"setCanaryScale": {"weight": 150}}, {"setWeight": 30}, {"setCanaryScale": {"matchTrafficWeight": True}}, PAUSE],
)


@pytest.mark.parametrize("base", [NGINX, DYNAMIC], ids=["fixed", "dynamic"])
@pytest.mark.parametrize("scaled", SCALES, ids=range(len(SCALES)))
def test_no_order_leaves_the_plan_of_a_canary_with_scales(base, scaled):
    for count, threshold in product((1, 2, 4, 6), THRESHOLDS):
        given = {"replicaProgressThreshold": dict(zip(("type", "value"), threshold, strict=True))} if threshold else {}
        check(count, {**base, **given, "steps": scaled})


BOUNDS = ((1, 0), (0, 1), (1, 1), ("25%", "25%"), ("100%", 0), (0, "50%"))


@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_no_order_leaves_the_plan_of_a_canary_with_a_threshold_and_no_router(weights):
    for count, gated, threshold, (surge, missing) in product((2, 4, 6), (True, False), THRESHOLDS[1:], BOUNDS):
        check(count, strategies(weights, gated, threshold, {"maxSurge": surge, "maxUnavailable": missing}, None))


ABORTS = ((10, 50, 90), (20, 40, 60, 80), (80, 20, 60), (25, 75), (100,), (0, 70))


@pytest.mark.parametrize("delay", [None, 0, 3], ids=["by default", "at once", "delayed"])
@pytest.mark.parametrize("weights", ABORTS, ids=str)
def test_no_order_leads_an_abort_elsewhere_than_the_plan_says(weights, delay):
    """All old pods come in any order; where an abort never ends, it does in every order."""
    for count, least, base in product((1, 2, 3, 5, 8), (None, 2, 3), (NGINX, DYNAMIC)):
        canary = strategies(weights, False, None, base, least)
        if delay is not None:
            canary["abortScaleDownDelaySeconds"] = delay
        given = of(Workload({"canary": canary}, count))
        for leg in course(given)[:-1]:
            back = retreat(given, leg.pods, leg.weight)
            start = World(RS(leg.pods.canary, leg.pods.canary), RS(leg.pods.stable, leg.pods.stable), leg.weight)
            found, quiet = every_order(Rollout(count, canary, abort=True), start)
            case = (count, canary, leg, back)
            assert back.peak == max(world.new.spec + world.stable.spec for world in found), case
            assert back.floor <= min(world.new.available + world.stable.available for world in found), case
            ends = {world for world in quiet if not list(more(world))}
            last = back.states[-1]
            assert {(Pods(world.new.spec, world.stable.spec), world.weight) for world in ends} == {(last.pods, last.weight)}, (
                case
            )


def test_many_replicas_without_a_router_have_the_bounds_that_no_order_leaves():
    for replicas in (200, 201, 5000):
        canary = strategies((20, 50, 80), True, ("Percent", 30), {"maxSurge": 7, "maxUnavailable": 3}, None)
        legs = course(of(Workload({"canary": canary}, replicas)))
        assert (max(leg.peak for leg in legs), min(leg.floor for leg in legs)) == (replicas + 7, replicas - 3)
