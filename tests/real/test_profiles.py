"""Charts of other makes by real Helm: what they render and what stands beside them agree, object by object."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from support.paths import DATA, ROOT
from support.trees import write_tree
from support.workspace import workspace

CASES = DATA / "cases"
HERE = Path(__file__).with_name("profiles")
CHARTS = {
    "profile-app-template": "app-template",
    "profile-helm-create": "backend",  # made by `helm create` itself
    "profile-onechart": "onechart",
    "profile-service-by-reference": "service",
    "profile-stakater-application": "application",
}
"""The chart of each golden workspace: a small one of ours with the real one's values, names, labels and ports."""


@pytest.fixture
def chart_of(helm, tmp_path):
    """Return a function that gives the chart directory by its name."""

    def folder(name):
        if name == "service":
            return ROOT / "templates" / "chart"
        if name == "backend":
            subprocess.run([helm, "create", name], cwd=tmp_path, check=True, capture_output=True)
            return tmp_path / name
        return HERE / name

    return folder


@pytest.fixture
def rendered(helm):
    """Return a function that gives what Argo CD would apply for an application: the chart's objects, and ours."""

    def objects(chart, generated):
        command = [helm, "template", generated.name, chart, "-f", generated / "values.yaml", "--skip-tests"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        theirs = [item for item in yaml.load_all(done.stdout, yaml.CSafeLoader) if item]
        ours = [yaml.safe_load(path.read_text()) for path in sorted((generated / "manifests").glob("*.yaml"))]
        return theirs, ours

    return objects


def applications(case):
    return sorted(path.parent for path in (CASES / case / "expected").rglob("values.yaml"))


APPLICATIONS = [(case, folder) for case in CHARTS for folder in applications(case)]


@pytest.mark.parametrize(
    ("case", "folder"), APPLICATIONS, ids=[f"{case[8:]}-{f.parent.name}-{f.name}" for case, f in APPLICATIONS]
)
def test_names_selectors_ports_and_image_agree(case, folder, chart_of, rendered):
    theirs, ours = rendered(chart_of(CHARTS[case]), folder)
    service, environment = folder.name, folder.parent.name
    spec = yaml.safe_load((CASES / case / "services" / service / "pipeline.yaml").read_text())["spec"]
    spec = {**spec, **(spec["environments"][environment] or {})}
    deployment = find(theirs, "Deployment", service)
    pod = deployment["spec"]["template"]
    assert image_of(spec["image"]) in [container["image"] for container in pod["spec"]["containers"]]
    names = [(item["kind"], item["metadata"]["name"]) for item in theirs + ours]
    assert len(set(names)) == len(names), "two objects of one kind and name"
    if spec.get("rollout"):
        check_rollout(service, spec, deployment, theirs, ours)
    else:
        assert ours == [], "a plain deployment has nothing beside it"
        check_plain(spec, deployment, theirs)


def image_of(image):
    tag = f":{image['tag']}" if "tag" in image else ""
    return f"{image['repository']}{tag}" + (f"@{image['digest']}" if "digest" in image else "")


def find(objects, kind, name):
    (found,) = [item for item in objects if (item["kind"], item["metadata"]["name"]) == (kind, name)]
    return found


def of(objects, kind):
    return [item for item in objects if item["kind"] == kind]


def check_rollout(service, spec, deployment, theirs, ours):
    rollout = find(ours, "Rollout", service)
    reference = rollout["spec"]["workloadRef"]
    assert (reference["kind"], reference["name"]) == ("Deployment", deployment["metadata"]["name"])
    pod = deployment["spec"]["template"]
    labels = pod["metadata"]["labels"]
    assert rollout["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert rollout["spec"].get("replicas") == (None if spec.get("autoscaling") else spec["replicas"])
    strategy = rollout["spec"]["strategy"].get("canary") or rollout["spec"]["strategy"]["blueGreen"]
    services = {item["metadata"]["name"]: item["spec"] for item in of(theirs + ours, "Service")}
    named = [
        strategy[field] for field in ("stableService", "canaryService", "activeService", "previewService") if field in strategy
    ]
    for name in named:
        assert services[name]["selector"].items() <= labels.items()
        assert ports(services[name]) == ports(services[named[0]]), "callers find the same ports on both sides"
        assert all(known(port, pod) for port in services[name]["ports"])
    assert of(theirs, "HorizontalPodAutoscaler") == [], "it would scale the Deployment"
    scalers = of(ours, "HorizontalPodAutoscaler")
    assert len(scalers) == ("autoscaling" in spec)
    for scaler in scalers:
        target = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": service}
        assert scaler["spec"]["scaleTargetRef"] == target
        assert scaler["spec"]["minReplicas"] == spec["autoscaling"]["minReplicas"]
    for ingress in of(theirs, "Ingress"):
        paths = [path["backend"]["service"] for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
        assert {path["name"] for path in paths} == {strategy["stableService"]}
        assert strategy["trafficRouting"]["nginx"]["stableIngress"] == ingress["metadata"]["name"]


def ports(service):
    """Return what callers see of each port, with the defaults of Kubernetes filled in; the order says nothing."""
    return sorted(
        (port.get("name"), port["port"], port.get("targetPort", port["port"]), port.get("protocol", "TCP"))
        for port in service["ports"]
    )


def known(port, pod):
    """Tell whether the pods listen where a Service's port leads; a number need not be declared."""
    target = port.get("targetPort", port["port"])
    names = {one.get("name") for container in pod["spec"]["containers"] for one in container.get("ports", [])}
    return isinstance(target, int) or target in names


def check_plain(spec, deployment, theirs):
    scalers = of(theirs, "HorizontalPodAutoscaler")
    assert len(scalers) == bool(spec.get("autoscaling"))
    for scaler in scalers:
        assert scaler["spec"]["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
        wanted = {name[6:].lower(): value for name, value in spec["autoscaling"].items() if name.startswith("target")}
        found = {
            f"{metric['resource']['name']}utilizationpercentage": metric["resource"]["target"]["averageUtilization"]
            for metric in scaler["spec"]["metrics"]
        }
        assert found == wanted, "no metric that the spec does not name"
    if "replicas" in spec:
        assert deployment["spec"]["replicas"] == spec["replicas"]


@pytest.mark.parametrize("case", CHARTS)
def test_verify_finds_nothing_wrong_with_any_of_it(case, chart_of, helm, tiphys, tmp_path):
    folder = tmp_path / "w"
    shutil.copytree(CASES / case, folder, ignore=shutil.ignore_patterns("expected"))
    shutil.copytree(chart_of(CHARTS[case]), folder / "charts" / CHARTS[case])
    done = tiphys("verify", "--offline", "--helm", helm, "--format", "concise", cwd=folder)
    known = ("TP637", "TP673")  # these autoscalers have no requests, and some routers are retired
    found = [line for line in done.stdout.splitlines() if not any(rule in line for rule in known)]
    assert (done.returncode, found) == (0, [])
    assert f"{len(applications(case))} applications" in done.stderr


PROFILE = """apiVersion: tiphys/v1
kind: ChartProfile
metadata: {name: onechart}
spec:
  mode: workloadRef
  workload: {name: "{service}"}
  selector: {app.kubernetes.io/name: onechart, app.kubernetes.io/instance: "{service}"}
  ports: [{name: http, port: 80, targetPort: http}]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("", "", ""),
        ("onechart, app", "other, app", "the selector of Rollout web does not match the pods of Deployment web"),
        (
            "targetPort: http",
            "targetPort: web",
            "Service web-preview sends to port `web`, which no container of Rollout web has",
        ),
        (
            'workload: {name: "{service}"}',
            'workload: {name: "{service}-app"}',
            "Rollout web refers to Deployment `web-app`, which does not exist",
        ),
    ],
    ids=["nothing wrong", "selector", "port", "name"],
)
def test_a_profile_that_is_wrong_about_its_chart_is_found_out(right, wrong, said, helm, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    own = "templates/profiles/onechart"
    values = (ROOT / own / "values.yaml").read_text()
    strategy = {"blueGreen": {"autoPromotionEnabled": False}}
    spec = {
        "image": {"repository": "ghcr.io/acme/web", "tag": "a"},
        "chart": {"name": "onechart", "version": "0.74.0"},
        "replicas": 2,
        "environments": {"prod": {"rollout": {"strategy": strategy}}},
    }
    pipeline = {"apiVersion": "tiphys/v1", "kind": "Pipeline", "metadata": {"name": "web"}, "spec": spec}
    write_tree(
        folder,
        {
            f"{own}/profile.yaml": PROFILE.replace(right, wrong) if right else PROFILE,
            f"{own}/values.yaml": values,
            "services/web/pipeline.yaml": json.dumps(pipeline, indent=1),
        },
    )
    shutil.copytree(HERE / "onechart", folder / "charts" / "onechart")
    done = tiphys("verify", "--offline", "--helm", helm, "--format", "concise", cwd=folder)
    assert done.returncode == bool(said), done.stderr
    assert said in done.stdout
    assert all(line.startswith("services/web/pipeline.yaml:") for line in done.stdout.splitlines())


def test_what_the_chart_does_not_take_is_placed_at_the_field_of_the_spec(helm, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    write_tree(folder, {"services/web/pipeline.yaml": TWENTY})
    shutil.copytree(HERE / "onechart", folder / "charts" / "onechart")
    done = tiphys("verify", "--offline", "--helm", helm, "--format", "concise", cwd=folder)
    assert done.stdout == ("services/web/pipeline.yaml:7:13: error TP601 the chart rejects `replicas`: must be at most 16\n")


TWENTY = """apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: web}
spec:
  image: {repository: ghcr.io/acme/web, tag: a}
  chart: {name: onechart, version: "0.74.0"}
  replicas: 20
  environments:
    dev:  # beside a Rollout the number is no matter to the chart
      rollout: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}
    prod: {}
"""
