"""Plans as people, programs and pages see them: one folder per case, and every service of the example."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rejected import workspace

from generator.cli import plan as plan_command
from generator.pipeline.run import Mode, Request, run
from generator.plan.abort import last_stage
from generator.plan.additions import additions
from generator.plan.forecast import forecast
from generator.plan.model import Requests, Workload
from generator.plan.requests import containers_at, pod_requests, quantity
from generator.plan.simulate import first_deploy, simulate
from generator.plan.workload import assumptions, replica_range, workload
from generator.report.plans import FORMATS, Canvas, render

HERE = Path(__file__).parent / "plans"
CASES = sorted(path.parent.name for path in HERE.glob("*/plan.yaml"))
EXAMPLE = ROOT / "examples" / "online-boutique"
SERVICES = sorted(path.parent.name for path in EXAMPLE.glob("services/*/pipeline.yaml"))
PICTURES = [
    ("frontend", "prod"),
    ("cartservice", "prod"),
    ("checkoutservice", "prod"),
    ("adservice", "staging"),
    ("frontend", "dev"),
]


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


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_service_of_the_example_has_its_plan(environment, tiphys, golden):
    folder = HERE / "online-boutique" / environment
    built = []
    run(Request(str(EXAMPLE), Mode.LINT, environments=(environment,), on_built=built.append))
    assert sorted(item.resolved.service for item in built) == SERVICES
    for item in built:
        service = item.resolved.service
        made = plan_command._forecast(item, {"replicas": None, "abort_at": None, "first_deploy": False})
        golden(render(made, "text", Canvas()), folder / f"{service}.txt")
        golden(render(made, "json", Canvas()), folder / f"{service}.json")
        if (service, environment) in PICTURES:
            golden(render(made, "svg", Canvas()), folder / f"{service}.svg")
            golden(render(made, "mermaid", Canvas()), folder / f"{service}.mmd")
    done = tiphys("-C", EXAMPLE, "plan", "--env", environment)
    assert (done.returncode, done.stderr) == (0, "")
    golden(done.stdout, folder / "all.txt")


def test_the_command_prints_what_is_golden_whatever_the_hash_seed(tiphys):
    expected = HERE / "online-boutique" / "prod" / "frontend.txt"
    for seed in ("1", "2"):
        done = tiphys("-C", EXAMPLE, "plan", "frontend", "--env", "prod", env={"COLUMNS": "80", "PYTHONHASHSEED": seed})
        assert done.stdout == expected.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    return workspace(tmp_path / "w")


ROUTED = """
  replicas: 4
  rollout:
    strategy:
      canary: {trafficRouting: {nginx: {stableIngress: web}}, steps: [{setWeight: 50}, {setWeight: 20}, {pause: {}}]}
"""


def with_rollout(folder, text=ROUTED):
    spec = folder / "services/web/pipeline.yaml"
    spec.write_text(
        spec.read_text(encoding="utf-8").replace("\n  environments:", f"{text}  environments:", 1), encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["web", "--env", "prod"], 0, ""),
        (["--env", "prod"], 0, ""),
        (["web", "--env", "prod", "--abort-at", "1"], 0, ""),
        (["web", "--env", "prod", "--first-deploy"], 0, ""),
        (["web", "--env", "prod", "--replicas", "40"], 0, ""),
        (["web", "--env", "prod", "--abort-at", "3"], 2, "its steps are 0 to 2"),
        (["web", "--env", "prod", "--abort-at", "1", "--first-deploy"], 2, "the first deployment has no steps"),
        (["web", "--env", "prod", "--abort-at", "-1"], 2, "not in the range"),
        (["web", "--env", "prod", "--replicas", "many"], 2, "not a valid integer"),
        (["web", "--env", "prod", "--format", "pdf"], 2, "expected one of text, json, svg, mermaid"),
        (["wbe", "--env", "prod"], 2, "did you mean `web`?"),
        (["web", "--env", "prd"], 2, "did you mean `prod`?"),
        (["web"], 2, "--env"),
        (["--env", "prod", "--replicas", "3"], 2, "--replicas requires a SERVICE"),
        (["--env", "prod", "--format", "svg"], 2, "--format svg requires a SERVICE"),
        (["web", "--env", "prod", "--format", "svg=/nonexistent/x.svg"], 2, "/nonexistent/x.svg"),
    ],
)
def test_exit_codes_and_hints_of_the_command(arguments, code, said, tiphys, folder):
    with_rollout(folder)
    done = tiphys("plan", *arguments, cwd=folder)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert bool(done.stdout) == (code == 0)


def test_a_plan_is_shown_whatever_lint_thinks_of_the_spec(tiphys, folder):
    with_rollout(folder)
    done = tiphys("plan", "web", "--env", "prod", cwd=folder)
    assert done.returncode == 0
    assert "set weight 20 %" in done.stdout
    assert "1 error" in done.stderr
    assert tiphys("lint", cwd=folder).returncode == 1


def test_a_spec_that_does_not_resolve_gives_its_diagnostics_in_the_asked_format(tiphys, folder):
    with_rollout(folder, "\n  rollout: {preset: gradul-canary}\n")
    done = tiphys("plan", "web", "--env", "prod", cwd=folder)
    assert done.returncode == 1
    assert "did you mean `gradual-canary`?" in done.stdout
    done = tiphys("plan", "web", "--env", "prod", "--format", "json", cwd=folder)
    assert done.returncode == 1
    assert json.loads(done.stdout)["diagnostics"][0]["rule"] == "TP033"
    done = tiphys("plan", "--env", "prod", cwd=folder)
    assert done.returncode == 1
    assert "some services could not be planned" in done.stderr


def test_a_service_that_is_not_deployed_there_is_not_planned(tiphys, folder):
    spec = folder / "services/web/pipeline.yaml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text[: text.index("  environments:")] + '  environments: {dev: {image: {tag: "1"}}}\n', encoding="utf-8")
    done = tiphys("plan", "web", "--env", "prod", cwd=folder)
    assert done.returncode == 1
    assert "web is not deployed to prod" in done.stderr


def test_several_formats_go_to_files_and_to_the_terminal_at_once(tiphys, folder):
    with_rollout(folder)
    formats = ["--format", "svg=a.svg", "--format", "mermaid=a.mmd", "--format", "json", "--format", "text=a.txt"]
    done = tiphys("plan", "web", "--env", "prod", *formats, "--color", "always", cwd=folder)
    assert json.loads(done.stdout)["service"] == "web"
    assert (folder / "a.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert (folder / "a.mmd").read_text(encoding="utf-8").startswith("gantt\n")
    assert "\x1b" not in (folder / "a.txt").read_text(encoding="utf-8")


def test_more_replicas_can_be_tried_out_even_where_an_autoscaler_decides(tiphys):
    done = tiphys("-C", EXAMPLE, "plan", "frontend", "--env", "prod", "--replicas", "30", "--format", "json")
    plan = json.loads(done.stdout)
    assert (plan["replicas"], plan["peakPods"]) == (30, 60)
    assert "autoscaling" not in plan


@pytest.mark.parametrize(("encoding", "bars"), [("utf-8", "▅"), ("ascii", "#"), ("latin-1", "#")])
def test_a_poor_terminal_gets_letters_that_it_has(encoding, bars, tiphys):
    done = tiphys("-C", EXAMPLE, "plan", "currencyservice", "--env", "prod", env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert bars in done.stdout
    assert encoding == "utf-8" or done.stdout.isascii()


@pytest.mark.parametrize(("width", "widest"), [("80", 80), ("120", 120), ("40", 80), ("500", 140)])
def test_lines_fit_the_terminal(width, widest, tiphys):
    done = tiphys("-C", EXAMPLE, "plan", "frontend", "--env", "prod", "--abort-at", "3", env={"COLUMNS": width})
    assert max(map(len, done.stdout.splitlines())) <= widest


def test_colour_is_for_terminals_that_want_it(tiphys):
    arguments = ["-C", EXAMPLE, "plan", "frontend", "--env", "prod"]
    assert "\x1b" not in tiphys(*arguments).stdout
    assert "\x1b" not in tiphys(*arguments, env={"NO_COLOR": "1", "FORCE_COLOR": "1"}).stdout
    colored = tiphys(*arguments, "--color", "always").stdout
    assert "\x1b[33mpromotion" in colored
    assert tiphys("-C", EXAMPLE, "plan", "--env", "prod", "--color", "always").stdout.startswith("\x1b[1m")


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


@pytest.mark.parametrize("name", [path.parent.name for path in (ROOT / "templates" / "profiles").glob("*/profile.yaml")])
def test_the_peak_of_a_service_is_known_in_cores_whatever_its_shipped_profile(name, tiphys, folder):
    values = {
        "app-template": "controllers: {main: {containers: {app: {resources: {requests: {cpu: 500m}}}}}}",
        "stakater-application": "deployment: {resources: {requests: {cpu: 500m}}}",
    }
    given = values.get(name, "resources: {requests: {cpu: 500m}}")
    text = f"\n  replicas: 4\n  rollout: null\n  chart: {{name: web, profile: {name}, version: 1.0.0}}\n  values: {{{given}}}\n"
    with_rollout(folder, text)
    done = tiphys("plan", "web", "--env", "prod", "--format", "json", cwd=folder)
    assert json.loads(done.stdout)["requests"]["peak"]["cpu"] == 2.5, done.stdout


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
).map(lambda given: Workload(*given))


@settings(max_examples=300, deadline=None)
@given(WORKLOADS, st.integers(0, 30))
def test_whatever_a_strategy_says_there_is_a_plan_and_its_numbers_fit_together(workload, least):
    plan = simulate(workload)
    for stage in plan.all_stages:
        assert 0 <= stage.floor <= stage.pods.total
        assert stage.total <= stage.peak <= plan.peak
        assert plan.floor <= stage.floor
        assert 0 <= stage.wait.least <= (stage.wait.most if stage.wait.most is not None else float("inf"))
    stuck = any(stage.never for stage in plan.all_stages)
    assert stuck or plan.all_stages[-1].pods == (workload.replicas, 0)
    assert stuck or plan.all_stages[-1].reached == (plan.whole if workload.replicas or plan.kind != "canary" else 0)
    assert first_deploy(workload).peak == workload.replicas
    for at in range(last_stage(plan) + 1):
        made = forecast("web", "prod", workload, min(least, workload.replicas), abort_at=at)
        assert made.abort.events
        assert made.abort.floor <= made.abort.peak
        if made.abort.events[-1].pods.canary == 0 and not stuck:
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
