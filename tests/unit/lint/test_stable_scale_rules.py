"""The rules about dynamicStableScale say what the simulated controller does, for all small canaries."""

from __future__ import annotations

from itertools import product

import pytest

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rollout import abort_ends, traffic_keeps_pods
from generator.plan.abort import endless
from generator.plan.model import Workload
from generator.plan.simulate import simulate

WEIGHTS = ((10,), (10, 50), (20, 70), (50, 10), (40, 0), (0, 40), (30, 0, 60), (100, 5), (25, 75, 100))


def found(rule, replicas, canary):
    data = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"}}
    item = KubeObject({**data, "spec": {"replicas": replicas, "strategy": {"canary": canary}}})
    return list(rule.check(item, Objects([item])))


def canaries(weights):
    for replicas, least, delay, gated in product((1, 2, 4, 5, 9), (None, 1, 2, 3), (None, 0, 30), (True, False)):
        steps = [step for weight in weights for step in ({"setWeight": weight}, *([{"pause": {}}] if gated else []))]
        canary = {"dynamicStableScale": True, "trafficRouting": {"nginx": {"stableIngress": "web"}}, "steps": steps}
        canary |= {"minPodsPerReplicaSet": least} if least else {}
        yield replicas, {**canary, **({"abortScaleDownDelaySeconds": delay} if delay is not None else {})}


@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_an_abort_that_never_ends_is_found_by_lint_and_by_plan_or_by_neither(weights):
    for replicas, canary in canaries(weights):
        plan = simulate(Workload({"canary": canary}, replicas))
        assert bool(found(abort_ends, replicas, canary)) == (endless(plan) is not None), (replicas, canary)


@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_traffic_on_no_pods_is_found_by_lint_and_by_plan_or_by_neither(weights):
    for replicas, canary in canaries(weights):
        plan = simulate(Workload({"canary": canary}, replicas))
        moments = [stage.worst for stage in plan.stages if stage.worst is not None]
        lost = any(moment.weight > 0 and moment.canary == 0 for moment in moments)
        assert bool(found(traffic_keeps_pods, replicas, canary)) == lost, (replicas, canary)
