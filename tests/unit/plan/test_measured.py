"""A plan says what the real controller did, wherever that was measured."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.plan.abort import abort
from generator.plan.controller import controller
from generator.plan.model import Workload
from generator.plan.simulate import simulate

MEASURED = yaml.safe_load(Path(__file__).with_name("measured.yaml").read_text(encoding="utf-8"))
ROUTED = {"trafficRouting": {"nginx": {"stableIngress": "web"}}}
FIELDS = ("maxSurge", "maxUnavailable", "scaleDownDelaySeconds", "minPodsPerReplicaSet", "abortScaleDownDelaySeconds")


def plan_of(case):
    steps = [
        {"setWeight": step} if isinstance(step, int) else {"pause": {}} if step == "pause" else step for step in case["steps"]
    ]
    canary = {**{field: case[field] for field in FIELDS if field in case}, "steps": steps}
    router = case.get("router")
    canary |= ROUTED if router else {}
    canary |= {"dynamicStableScale": True} if router == "dynamic" else {}
    if "threshold" in case:
        canary["replicaProgressThreshold"] = dict(zip(("type", "value"), case["threshold"], strict=True))
    return simulate(Workload({"canary": canary}, case["replicas"], controller=controller(case.get("rollouts", ""))))


def id_of(case):
    return case["about"]


@pytest.mark.parametrize("case", MEASURED["releases"], ids=id_of)
def test_a_release_needs_the_pods_that_it_needed(case):
    plan = plan_of(case)
    said = {"peak": plan.peak, "floor": plan.floor, "first": list(plan.stages[0].pods)}
    said |= {"promotion": plan.finish[0].peak, "removal": plan.finish[-1].floor}
    measured = {name: case[name] for name in said if name in case}
    assert measured
    if case.get("exactly"):
        assert {name: said[name] for name in measured} == measured
        return
    assert {name: said[name] for name in case["plan"]} == case["plan"]
    assert said["peak"] >= case.get("peak", 0)
    assert said["floor"] <= case.get("floor", case["replicas"])


@pytest.mark.parametrize("case", MEASURED["falling"], ids=id_of)
def test_traffic_stays_on_the_pods_on_which_it_stayed(case):
    plan = plan_of({**case, "router": "dynamic"})
    stage = plan.stages[case["step"]]
    assert stage.reached == case["sent"]
    for number in (case["step"], *case["after"]):
        assert plan.stages[number].worst[:2] == (case["sent"], case["carriers"])
    assert plan.stages[case["after"][-1]].floor <= 4


@pytest.mark.parametrize("case", MEASURED["aborts"], ids=id_of)
def test_an_abort_goes_the_way_that_it_went(case):
    plan = plan_of(case)
    for at in case["at"]:
        found = abort(plan, at)
        last = found.events[-1]
        assert found.endless == case.get("endless", False)
        assert found.peak == case.get("peak", found.peak)
        if "end" in case:
            assert [last.weight, *last.pods][: len(case["end"])] == case["end"]
        if "course" in case:
            assert [[event.weight, *event.pods] for event in found.events][: len(case["course"])] == case["course"]
        if "seconds" in case:
            assert [event.after for event in found.events] == [case["seconds"]]
