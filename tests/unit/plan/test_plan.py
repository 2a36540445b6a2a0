"""Plans as people, programs and pages see them: one folder per case."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.plan.abort import last_stage
from generator.plan.additions import additions
from generator.plan.controller import controller
from generator.plan.forecast import forecast
from generator.plan.model import Requests, Workload
from generator.plan.requests import containers_at, pod_requests, quantity
from generator.plan.simulate import first_deploy, simulate
from generator.plan.workload import assumptions, replica_range, workload
from generator.report.plans import FORMATS, Canvas, render
from support.paths import ROOT

HERE = Path(__file__).with_name("plan")
CASES = sorted(path.parent.name for path in HERE.glob("*/plan.yaml"))


def forecast_of(case):
    replicas = case["replicas"]
    release = Workload(
        case.get("strategy", {}),
        replicas,
        case.get("templates", {}),
        case.get("minReadySeconds", 0),
        case.get("rollbackWindow", 0),
        case.get("updateStrategy", {}),
        stateful=case.get("stateful", False),
        parallel=case.get("parallel", False),
        controller=controller(case.get("rollouts", "")),
    )
    return forecast(
        "web",
        "prod",
        release,
        case.get("least", replicas),
        requests=Requests(0.25, 2.0**27),
        abort_at=case.get("abortAt"),
        first=case.get("first", False),
        additions=additions(case.get("values"), "web", gradual="strategy" in case),
    )


@pytest.mark.parametrize("name", CASES)
def test_a_release_goes_as_the_controller_will_do_it(name, golden):
    case = yaml.safe_load((HERE / name / "plan.yaml").read_text(encoding="utf-8"))
    made = forecast_of(case)
    golden(f"{case['about']}\n\n{render(made, 'text', Canvas())}", HERE / name / "expected.txt")
    golden(render(made, "json", Canvas()), HERE / name / "expected.json")
    if case.get("svg"):
        golden(render(made, "svg", Canvas()), HERE / name / "expected.svg")
        golden(render(made, "mermaid", Canvas()), HERE / name / "expected.mmd")


def test_the_json_has_every_field_of_the_contract():
    case = yaml.safe_load((HERE / "canary-aborted" / "plan.yaml").read_text(encoding="utf-8"))
    plan = json.loads(render(forecast_of(case), "json", Canvas()))
    fields = {"service", "environment", "strategy", "replicas", "router", "steps", "peakPods", "minAvailable", "seconds"}
    assert fields | {"manualGates"} <= plan.keys()
    step = {"index", "action", "weight", "reachedWeight", "canaryPods", "stablePods", "totalPods", "seconds", "manual"}
    assert all(step <= found.keys() for found in plan["steps"])
    assert plan["seconds"].keys() == {"min", "max"}


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("100m", 0.1),
        (2, 2),
        ("2", 2),
        (0.5, 0.5),
        ("64Mi", 2**26),
        ("1e3", 1000),
        ("1.5Gi", 1.5 * 2**30),
        ("2k", 2000),
        ("3E", 3e18),
        ("lots", None),
        ("1 Gi", None),
        ("", None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_quantities_are_read_as_kubernetes_reads_them(value, amount):
    assert quantity(value) == pytest.approx(amount) if amount is not None else quantity(value) is None


@pytest.mark.parametrize(
    ("containers", "before", "expected"),
    [
        ([{"resources": None}], [], None),
        ([{"resources": {"requests": {"cpu": "100m"}}}], [], (0.1, None)),
        ([{"resources": {"limits": {"cpu": "1", "memory": "1Ki"}, "requests": {"cpu": "100m"}}}], [], (0.1, 1024)),
        ([{"resources": {"requests": {"cpu": "100m"}}}, {"resources": {"requests": {"cpu": "50m"}}}, 3], [], (0.15, None)),
        ([{"resources": {"requests": {"cpu": "1"}}}], [{"resources": {"requests": {"cpu": "3"}}}], (3, None)),
        (
            [{"resources": {"requests": {"cpu": "1"}}}],
            [{"restartPolicy": "Always", "resources": {"requests": {"cpu": "3"}}}],
            (4, None),
        ),
        ([{"resources": {"requests": {"cpu": "plenty"}}}], [], None),
    ],
)
def test_a_pod_requests_what_its_containers_do(containers, before, expected):
    found = pod_requests(containers, before)
    assert found == (None if expected is None else pytest.approx(expected))


def test_a_profile_says_where_the_values_hold_what_a_pod_requests():
    half = {"requests": {"cpu": "500m"}}
    values = {
        "controllers": {"main": {"containers": {"app": {"resources": half}, "log": {"resources": half}, "bare": {}}}},
        "extra": [{"resources": half}, "odd", {"restartPolicy": "Always", "resources": half}],
        "resources": half,
    }
    found = containers_at(
        values, ["resources", "controllers.*.containers.*.resources", "extra.*.resources", "no.where", "extra.app"]
    )
    assert [item["restartPolicy"] for item in found] == [None, None, None, None, "Always"]
    assert pod_requests(found) == (2.5, None)
    assert containers_at("odd", ["a.b", "*"]) == []


def test_the_plan_takes_the_defaults_of_the_shipped_chart_for_granted():
    chart = yaml.safe_load((ROOT / "templates" / "chart" / "values.yaml").read_text(encoding="utf-8"))
    assert replica_range({}, "service") == (chart["replicaCount"],) * 2
    release = workload({}, {"canary": {}}, {}, 2, profile="service")
    assert (release.deadline, release.aborts_late) == (chart["progressDeadlineSeconds"], chart["progressDeadlineAbort"])
    assert assumptions({}, "service", kind="Deployment") == ()
    assert [text.partition(" without ")[0] for text in assumptions({}, "own", kind="Deployment")] == [
        "how many replicas the chart runs",
        "maxSurge and maxUnavailable of the chart's own Deployment: the default of 25 % is assumed",
    ]
    assert assumptions({"replicas": 3}, "own", kind="Rollout") == ()
    (text,) = assumptions({"replicas": 3}, "own", kind="Rollout", is_strategy_known=False)
    assert text.startswith("the strategy of the chart's own Rollout")
    (text,) = assumptions({"replicas": 3}, "own", kind="StatefulSet")
    assert text.startswith("updateStrategy of the chart's own StatefulSet")


@pytest.mark.parametrize(
    ("data", "settings", "expected"),
    [
        ({}, None, (0, 0)),
        ({"values": {"minReadySeconds": 10}, "rollout": {"rollbackWindow": {"revisions": 3}}}, None, (10, 3)),
        ({"values": {"minReadySeconds": 10}}, {}, (0, 0)),
        ({"values": {"minReadySeconds": 10}}, {"minReadySeconds": 20}, (20, 0)),
        ({"values": {"minReadySeconds": "soon", "workload": ["odd"]}}, None, (0, 0)),
        ({"values": {"minReadySeconds": True}}, None, (0, 0)),
    ],
)
def test_what_a_plan_takes_from_the_values_and_the_profile(data, settings, expected):
    found = workload(data, {}, {}, 3, settings=settings)
    assert (found.min_ready_seconds, found.rollback_window) == expected
    assert found.update_strategy == {}


TEXTS = st.sampled_from(
    ["web", "5", "25%", "abc", "10 %", "", "1h", "2m", "1d", "{{args.x}}", "<b>&\"'", "\x1b[1m", "é", "]]>"]
)
WAITS = st.one_of(st.integers(0, 4000), TEXTS)
REFS = st.fixed_dictionaries(
    {}, optional={"templateName": st.sampled_from(["known", "unknown"]), "clusterScope": st.booleans()}
)
ANALYSES = st.fixed_dictionaries({"templates": st.lists(REFS, max_size=2)}, optional={"startingStep": st.integers(0, 9)})
ROUTES = st.fixed_dictionaries({"name": TEXTS}, optional={"match": st.lists(st.just({}), max_size=1)})
EXPERIMENT_TEMPLATES = st.fixed_dictionaries({}, optional={"replicas": st.integers(0, 9), "weight": st.integers(0, 100)})
STEPS = st.fixed_dictionaries(
    {},
    optional={
        "setWeight": st.integers(0, 100),
        "pause": st.fixed_dictionaries({}, optional={"duration": WAITS}),
        "setCanaryScale": st.fixed_dictionaries(
            {}, optional={"replicas": st.integers(0, 50), "weight": st.integers(0, 300), "matchTrafficWeight": st.booleans()}
        ),
        "analysis": ANALYSES,
        "experiment": st.fixed_dictionaries(
            {"templates": st.lists(EXPERIMENT_TEMPLATES, max_size=2)},
            optional={
                "duration": TEXTS,
                "scaleDownDelaySeconds": st.integers(0, 99),
                "analyses": st.lists(
                    st.fixed_dictionaries({"templateName": TEXTS, "requiredForCompletion": st.booleans()}), max_size=2
                ),
            },
        ),
        "setHeaderRoute": ROUTES,
        "setMirrorRoute": ROUTES,
        "plugin": st.fixed_dictionaries({"name": TEXTS}),
    },
)
SHARES = st.one_of(st.integers(0, 12), TEXTS)
ROUTINGS = st.fixed_dictionaries(
    {},
    optional={
        "nginx": st.just({}),
        "plugins": st.dictionaries(TEXTS, st.just({}), max_size=2),
        "maxTrafficWeight": st.integers(1, 2000),
    },
)
THRESHOLD_TYPES = st.sampled_from(["Percent", "Pods", "Pod"])
CANARIES = st.fixed_dictionaries(
    {},
    optional={
        "steps": st.lists(STEPS, max_size=6),
        "maxSurge": SHARES,
        "maxUnavailable": SHARES,
        "trafficRouting": ROUTINGS,
        "dynamicStableScale": st.booleans(),
        "minPodsPerReplicaSet": st.integers(1, 9),
        "analysis": ANALYSES,
        "replicaProgressThreshold": st.fixed_dictionaries(
            {}, optional={"type": THRESHOLD_TYPES, "value": st.integers(-1, 150)}
        ),
        "scaleDownDelaySeconds": st.integers(0, 99),
        "abortScaleDownDelaySeconds": st.integers(0, 99),
        "stableService": TEXTS,
        "pingPong": st.just({}),
    },
)
BLUE_GREENS = st.fixed_dictionaries(
    {},
    optional={
        "previewReplicaCount": st.integers(0, 30),
        "autoPromotionEnabled": st.booleans(),
        "autoPromotionSeconds": st.integers(0, 99),
        "scaleDownDelaySeconds": st.integers(0, 99),
        "scaleDownDelayRevisionLimit": st.integers(0, 2),
        "abortScaleDownDelaySeconds": st.integers(0, 99),
        "prePromotionAnalysis": ANALYSES,
        "postPromotionAnalysis": ANALYSES,
    },
)
STRATEGIES = st.one_of(
    st.just({}), st.fixed_dictionaries({"canary": CANARIES}), st.fixed_dictionaries({"blueGreen": BLUE_GREENS})
)
METRICS = st.fixed_dictionaries(
    {"name": TEXTS},
    optional=dict.fromkeys(("interval", "initialDelay", "count", "failureLimit", "consecutiveSuccessLimit"), WAITS),
)
WORKLOADS = st.tuples(
    STRATEGIES,
    st.integers(0, 30),
    st.fixed_dictionaries({"known": st.fixed_dictionaries({"metrics": st.lists(METRICS, max_size=2)})}),
    st.integers(0, 30),
    st.integers(0, 3),
    st.sampled_from(["", "1.6", "1.7.2", "1.8", "v1.9.1", "1.10", "2.0", "odd"]),
).map(lambda given: Workload(*given[:-1], controller=controller(given[-1])))


@settings(max_examples=300, deadline=None)
@given(WORKLOADS, st.integers(0, 30))
@example(Workload({"canary": {"replicaProgressThreshold": {}, "maxSurge": "web"}}, 1), 0)
def test_whatever_a_strategy_says_there_is_a_plan_and_its_numbers_fit_together(workload, least):
    plan = simulate(workload)
    for stage in plan.all_stages:
        assert 0 <= stage.floor <= stage.pods.total
        assert stage.total <= stage.peak <= plan.peak
        assert plan.floor <= stage.floor
        assert 0 <= stage.wait.least <= (stage.wait.most if stage.wait.most is not None else float("inf"))
    if plan.refused:
        assert not plan.all_stages
        assert forecast("web", "prod", workload, 0).warnings
        return
    stuck = any(stage.never for stage in plan.all_stages)
    assert stuck or plan.all_stages[-1].pods == (workload.replicas, 0)
    assert stuck or plan.all_stages[-1].reached == (plan.whole if workload.replicas or plan.kind != "canary" else 0)
    assert first_deploy(workload).peak == workload.replicas
    for at in range(last_stage(plan) + 1):
        made = forecast("web", "prod", workload, min(least, workload.replicas), abort_at=at)
        assert made.abort.events
        assert made.abort.floor <= made.abort.peak
        if made.abort.events[-1].pods.canary == 0 and not stuck and not made.abort.endless:
            assert made.abort.events[-1].pods.stable == workload.replicas


@settings(max_examples=150, deadline=None)
@given(WORKLOADS, st.integers(0, 30), st.booleans(), st.integers(1, 200))
def test_every_plan_can_be_written_in_every_format(workload, least, first, width):
    made = forecast("web", "prod", workload, min(least, workload.replicas), first=first)
    texts = {form: render(made, form, Canvas(width, color=False, unicode=True)) for form in FORMATS}
    assert all(text.endswith("\n") for text in texts.values())
    assert json.loads(texts["json"])["service"] == "web"
    svg = ET.fromstring(texts["svg"])
    assert {element.tag.rpartition("}")[2] for element in svg.iter()} <= {
        "svg",
        "title",
        "desc",
        "style",
        "rect",
        "line",
        "path",
        "text",
    }
    assert "\x1b" not in texts["text"] + texts["svg"] + texts["mermaid"]
    assert all(line.startswith(("gantt", "  ")) for line in texts["mermaid"].splitlines())
