"""One reconciliation is upstream's, for every state of small canaries: what `plan` simulates is built of nothing else."""

from __future__ import annotations

from itertools import product

import pytest

from generator.kubernetes.arithmetic import Bounds, split
from generator.plan import basic, routed
from generator.plan.basic import ReplicaSet
from generator.plan.canary import of
from generator.plan.model import Workload
from generator.plan.reconcile import State, reconcile
from generator.plan.retreat import retreated
from support import upstream
from support.upstream import RS, Rollout, World

NGINX = {"trafficRouting": {"nginx": {"stableIngress": "web"}}}
DYNAMIC = {**NGINX, "dynamicStableScale": True}
STEPS = [
    {"setWeight": 20},
    {"pause": {}},
    {"setCanaryScale": {"replicas": 1}},
    {"setWeight": 70},
    {"setCanaryScale": {}},
    {"setWeight": 40},
]
CANARIES = [
    NGINX,
    DYNAMIC,
    {**DYNAMIC, "minPodsPerReplicaSet": 2},
    {**NGINX, "replicaProgressThreshold": {"type": "Percent", "value": 60}},
    {**DYNAMIC, "replicaProgressThreshold": {"type": "Pods", "value": 1}},
    {**DYNAMIC, "replicaProgressThreshold": {"type": "Percent", "value": -1}},
    {"maxSurge": 1, "maxUnavailable": 0},
    {"maxSurge": 0, "maxUnavailable": "50%", "replicaProgressThreshold": {"type": "Percent", "value": 50}},
]


def test_the_split_without_a_router_is_upstream_s():
    for replicas, weight, surge in product(range(26), range(101), (0, 1)):
        ours = split(replicas, weight, surge)
        assert ours == upstream.approximate(replicas, weight, surge), (replicas, weight, surge)


def test_one_look_without_a_router_is_upstream_s():
    for replicas, weight, surge, missing in product((1, 2, 4), (0, 30, 50, 90, 100), (0, 1, 3), (0, 1, 2)):
        limits = Bounds(surge, min(missing, replicas) if surge or missing else 1)
        rollout = Rollout(replicas, {"maxSurge": surge, "maxUnavailable": missing, "steps": [{"setWeight": weight}]})
        target = split(replicas, weight, surge)
        for new, old in product(range(replicas + 2), repeat=2):
            for ready, old_ready in product(range(new + 1), range(old + 1)):
                found = basic.counts(replicas, target, limits, ReplicaSet(new, ready), ReplicaSet(old, old_ready))
                world = World(RS(new, ready), RS(old, old_ready), None)
                assert found == upstream.basic_counts(rollout, world), (rollout, world)


def test_pods_behind_a_router_are_upstream_s():
    scales = (None, {"replicas": 3}, {"weight": 150}, {}, {"weight": 20, "matchTrafficWeight": True})
    grid = product(range(0, 21, 3), range(0, 101, 10), (100, 250), (True, False), (None, 2), scales, (None, 0, 40, 100))
    for replicas, weight, whole, dynamic, least, scale, actual in grid:
        steps = [{"setWeight": weight}, *([] if scale is None else [{"setCanaryScale": scale}]), {"pause": {}}]
        canary = {"trafficRouting": {"nginx": {}, "maxTrafficWeight": whole}, "dynamicStableScale": dynamic, "steps": steps}
        canary |= {"minPodsPerReplicaSet": least} if least else {}
        world = World(RS(0, 0), RS(replicas, replicas), actual, step=len(steps) - 1)
        new, stable = upstream.routed_counts(Rollout(replicas, canary), world, actual)
        expected = (new, max(0, stable))  # the API server refuses less
        routing = routed.Routing(replicas, whole, dynamic, least)
        assert routed.counts(routing, weight, routed.scale_of(scale), actual) == expected, (replicas, canary, actual)


def states(replicas, *, routes):
    """Yield every state with at most one pod above the replicas, and some weights."""
    for new, old in product(range(replicas + 2), repeat=2):
        for ready, old_ready in product(range(new + 1), range(old + 1)):
            for weight in (0, 20, 70, 100) if routes else (None,):
                yield (new, ready), (old, old_ready), weight


@pytest.mark.parametrize("base", CANARIES, ids=str)
@pytest.mark.parametrize("replicas", [1, 3])
def test_what_the_controller_does_in_any_state_is_upstream_s(base, replicas):
    canary = {**base, "steps": STEPS if "trafficRouting" in base else [step for step in STEPS if "setCanaryScale" not in step]}
    given, rollout = of(Workload({"canary": canary}, replicas)), Rollout(replicas, canary)
    for new, old, weight in states(replicas, routes=given.router):
        for step, promoted in [(step, False) for step in range(len(given.aims))] + [(len(given.aims) - 1, True)]:
            ours = reconcile(given, State(step, ReplicaSet(*new), ReplicaSet(*old), weight, promoted))
            world = upstream.reconcile(rollout, World(RS(*new), RS(*old), weight, step, promoted))
            said = (ours.step, tuple(ours.canary), tuple(ours.stable), ours.weight, ours.promoted)
            assert said == (
                world.step,
                (world.new.spec, world.new.available),
                (world.stable.spec, world.stable.available),
                world.weight,
                world.promoted,
            ), (replicas, canary, new, old, weight, step, promoted)


@pytest.mark.parametrize("delay", [None, 0, 30], ids=["by default", "at once", "delayed"])
@pytest.mark.parametrize("base", [one for one in CANARIES if "trafficRouting" in one], ids=str)
def test_what_the_controller_does_after_an_abort_is_upstream_s(base, delay):
    for replicas, first in product((1, 4), ([], [{"setCanaryScale": {"replicas": 2}}])):
        canary = {**base, "steps": [*first, *STEPS], **({} if delay is None else {"abortScaleDownDelaySeconds": delay})}
        given, rollout = of(Workload({"canary": canary}, replicas)), Rollout(replicas, canary, abort=True)
        for new, old, weight in states(replicas, routes=True):
            ours = retreated(given, State(0, ReplicaSet(*new), ReplicaSet(*old), weight))
            world = upstream.reconcile(rollout, World(RS(*new), RS(*old), weight))
            said = (tuple(ours.canary), tuple(ours.stable), ours.weight)
            pods = ((world.new.spec, world.new.available), (world.stable.spec, world.stable.available))
            assert said == (*pods, world.weight), (replicas, canary, new, old, weight)
