"""The command plan: every service of the example, and what it says when it is asked for what there is not."""

from __future__ import annotations

import json
import shutil

import pytest

from generator.pipeline.run import Mode, Request, run
from generator.report.plans import Canvas, of_built, render
from support.paths import ROOT, TESTS
from support.workspace import workspace

OF_THE_EXAMPLE = TESTS / "cli" / "plan"
EXAMPLE = ROOT / "examples" / "online-boutique"
SERVICES = sorted(path.parent.name for path in EXAMPLE.glob("services/*/pipeline.yaml"))
PICTURES = [
    ("frontend", "prod"),
    ("cartservice", "prod"),
    ("checkoutservice", "prod"),
    ("adservice", "staging"),
    ("frontend", "dev"),
]


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_service_of_the_example_has_its_plan(environment, tiphys, golden):
    folder = OF_THE_EXAMPLE / environment
    built = []
    run(Request(str(EXAMPLE), Mode.LINT, environments=(environment,), on_built=built.append))
    assert sorted(item.resolved.service for item in built) == SERVICES
    for item in built:
        service = item.resolved.service
        made = of_built.forecast_of(item)
        golden(render(made, "text", Canvas()), folder / f"{service}.txt")
        golden(render(made, "json", Canvas()), folder / f"{service}.json")
        if (service, environment) in PICTURES:
            golden(render(made, "svg", Canvas()), folder / f"{service}.svg")
            golden(render(made, "mermaid", Canvas()), folder / f"{service}.mmd")
    done = tiphys("-C", EXAMPLE, "plan", "--env", environment)
    assert (done.returncode, done.stderr) == (0, "")
    golden(done.stdout, folder / "all.txt")


def test_the_command_prints_what_is_golden_whatever_the_hash_seed(tiphys):
    expected = OF_THE_EXAMPLE / "prod" / "frontend.txt"
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
    spec = folder / "services/web/pipeline.yaml"
    secret = "\n  values: {env: {DB_PASSWORD: hunter2}}\n  environments:"
    spec.write_text(spec.read_text(encoding="utf-8").replace("\n  environments:", secret, 1), encoding="utf-8")
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


ENDLESS = """
  replicas: 4
  rollout:
    analysisTemplates:
      - {apiVersion: argoproj.io/v1alpha1, kind: AnalysisTemplate, metadata: {name: rate}, spec: {metrics: [{name: m, interval: 10s, provider: {web: {url: "https://a"}}}]}}
    strategy:
      canary: {steps: [{setWeight: 50}, {analysis: {templates: [{templateName: rate}]}}]}
"""


def test_a_strategy_that_argo_rollouts_refuses_has_no_plan_but_the_reason(tiphys, folder):
    with_rollout(folder, ENDLESS)
    why = "step 1: AnalysisTemplate rate has metric m which runs indefinitely"
    plan = json.loads(tiphys("plan", "web", "--env", "prod", "--format", "json", cwd=folder).stdout)
    assert (plan["refused"], plan["steps"], plan["peakPods"], plan["minAvailable"]) == ([why], [], None, None)
    assert why in " ".join(tiphys("plan", "web", "--env", "prod", cwd=folder).stdout.split())
    assert "refused" in tiphys("plan", "--env", "prod", cwd=folder).stdout
    done = tiphys("plan", "web", "--env", "prod", "--abort-at", "1", cwd=folder)
    assert done.returncode == 2
    assert f"Argo Rollouts refuses the strategy of web: {why}" in done.stderr


STUCK = """
  replicas: 4
  rollout:
    strategy:
      canary:
        dynamicStableScale: true
        minPodsPerReplicaSet: 2
        trafficRouting: {nginx: {stableIngress: web}}
        steps: [{setWeight: 10}, {pause: {}}, {setWeight: 50}, {pause: {}}]
"""


@pytest.mark.parametrize(
    ("target", "simulated", "ends"),
    [("", "1.10", False), ("1.9", "1.9", False), ("1.8", "1.8", True), ("1.6", "1.7", True), ("1.12", "1.10", False)],
)
def test_the_target_of_the_environment_decides_which_argo_rollouts_is_simulated(target, simulated, ends, tiphys, folder):
    with_rollout(folder, STUCK)
    environment = folder / "environments/prod.yaml"
    text = environment.read_text(encoding="utf-8")
    assert "target:" not in text
    stated = f'\n  target: {{rollouts: "{target}"}}\n' if target else "\n"
    environment.write_text(text.rstrip() + stated, encoding="utf-8")
    plan = json.loads(tiphys("plan", "web", "--env", "prod", "--abort-at", "3", "--format", "json", cwd=folder).stdout)
    assert plan["simulates"] == {"product": "Argo Rollouts", "version": simulated, "target": target or None}
    assert plan["abort"]["neverEnds"] is not ends
    assert ("warnings" in plan) is not ends
    head = tiphys("plan", "web", "--env", "prod", cwd=folder).stdout.splitlines()[1]
    assert head.startswith("warning: an abort at step 0 never ends") is not ends
    told = json.loads(tiphys("lint", "--format", "json", cwd=folder).stdout)["diagnostics"]
    assert ("TP738" in {one["rule"] for one in told if "prod" in str(one["environment"])}) is not ends


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


PROFILES = {path.parent.name for path in (ROOT / "templates" / "profiles").glob("*/profile.yaml")}


@pytest.mark.parametrize("name", sorted(PROFILES - {"none"}))
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


def test_a_plan_has_the_replicas_that_argo_cd_gives_helm_and_names_what_it_cannot_know(tmp_path, tiphys):
    shop = shutil.copytree(EXAMPLE, tmp_path / "shop")
    own = (ROOT / "templates" / "application.yaml").read_text()
    parameters = "[{'name': 'replicaCount', 'value': '7'}, {'name': 'env.A', 'value': 'b'}]"
    helm = f"{{'helm': application.sources[0].helm | combine({{'parameters': {parameters}}})}}"
    text = own.replace(
        '"{{ application.sources if not application.source else omit }}"',
        f'["{{{{ application.sources[0] | combine({helm}) }}}}", "{{{{ application.sources[1] }}}}"]',
    )
    (shop / "templates").mkdir(exist_ok=True)
    (shop / "templates/application.yaml").write_text(text)
    done = tiphys("-C", shop, "plan", "adservice", "--env", "prod", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["replicas"] == 7
    assert (
        "the Application of adservice sets `env.A`, which is not in the plan: see `tiphys render adservice --env prod --helm`"
        in done.stderr
    )
    done = tiphys("-C", shop, "plan", "adservice", "--env", "prod", "--replicas", "3", "--format", "json")
    assert json.loads(done.stdout)["replicas"] == 3


def test_a_rollout_of_the_chart_is_not_called_a_deployment(tiphys, folder):
    profile = folder / "templates" / "profiles" / "own"
    profile.mkdir(parents=True)
    text = (
        "apiVersion: tiphys/v1\nkind: ChartProfile\nmetadata: {name: own}\nspec: {charts: [web], workload: {kind: Rollout}}\n"
    )
    (profile / "profile.yaml").write_text(text)
    (profile / "values.yaml").write_text('replicas: "{{ replicas }}"\n')
    with_rollout(folder, "\n  replicas: 4\n  rollout: null\n  chart: {name: web, profile: own, version: 1.0.0}\n")
    done = tiphys("plan", "web", "--env", "prod", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Rollout of the chart" in done.stdout
    assert "Deployment" not in done.stdout
    done = tiphys("plan", "web", "--env", "prod", "--abort-at", "0", cwd=folder)
    assert (done.returncode, "is a Rollout of its chart, whose steps are not known" in done.stderr) == (2, True), done.stderr
