"""The shipped chart by real Helm: its objects agree with each other, and with what the examples say."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from support.paths import ROOT
from support.shipped_chart import CHART, CI, check_together, template

FACTS = yaml.safe_load(Path(__file__).with_name("chart.yaml").read_text())
ORIGINAL = ROOT.parent / "shared" / "data" / "online-boutique.yaml"
"""The manifests that the facts were taken from, where they are at hand."""
SHOP = ROOT / "examples" / "online-boutique" / "generated"


def workload(objects):
    (found,) = [item for item in objects if item["kind"] in ("Rollout", "Deployment")]
    return found


@pytest.mark.parametrize("values", CI, ids=lambda path: path.stem.removesuffix("-values"))
def test_every_way_to_roll_out_gives_objects_that_agree(values, helm):
    lint = subprocess.run(
        [helm, "lint", "--strict", str(CHART), "-f", str(values)], capture_output=True, text=True, check=False
    )
    assert lint.returncode == 0, lint.stdout
    check_together(template(helm, "release", values))


def test_the_bare_chart_lints(helm):
    assert subprocess.run([helm, "lint", "--strict", str(CHART)], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"image": {"repository": "x"}}, "both empty"),
        ({"image": {"tag": "x"}}, "image.repository is empty"),
        ({"replicas": 3}, "Additional property replicas"),
        ({"image": {"tga": "x"}}, "Additional property tga"),
        ({"env": {"A": 5}}, "Invalid type"),
        ({"ingress": {"enabled": True}}, "has no hosts"),
        ({"fullnameOverride": "a" * 53}, "52 are allowed"),
        ({"rollout": {"strategy": {"canary": {}, "blueGreen": {}}}}, "takes one of them"),
        ({"rollout": {"strategy": {"blueGreen": {"activeService": "web", "previewService": "web"}}}}, "are both"),
        ({"networkPolicy": {"enabled": True}, "ingress": {"enabled": True, "hosts": [{"host": "a"}]}}, "add the namespace of"),
        (
            {"networkPolicy": {"enabled": True}, "httpRoute": {"enabled": True, "parentRefs": [{"name": "a"}]}},
            "of the ingress controller or gateway",
        ),
        ({"service": {"targetPort": "grpc"}}, "no container port has that name"),
    ],
)
def test_a_mistake_in_values_stops_helm_with_a_reason(values, said, helm, tmp_path):
    image = {} if "image" in values else {"image": {"repository": "x", "tag": "a"}}
    path = tmp_path / "values.yaml"
    path.write_text(json.dumps({**image, **values}))
    done = subprocess.run([helm, "template", "web", str(CHART), "-f", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert said in done.stderr


def test_global_values_are_let_in_as_helm_adds_them_by_itself(helm):
    command = [helm, "template", "web", str(CHART), "--set", "image.repository=x,image.tag=a,global.x=1"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_all_services_of_the_example_run_the_containers_that_they_ran_before(helm):
    pairs = [(environment, service) for environment in ("dev", "staging", "prod") for service in FACTS]

    def rendered(pair):
        folder = SHOP / pair[0] / pair[1]
        return template(helm, pair[1], *[path for name in ("values.yaml", "rollout.yaml") if (path := folder / name).exists()])

    with ThreadPoolExecutor(4) as pool:
        for (environment, service), objects in zip(pairs, pool.map(rendered, pairs), strict=True):
            beside = sorted((SHOP / environment / service / "manifests").glob("*.yaml"))
            check_together(objects + [yaml.safe_load(path.read_text()) for path in beside])
            main = workload(objects)
            (container,) = main["spec"]["template"]["spec"]["containers"]
            wanted = dict(FACTS[service])
            context = wanted.pop("podSecurityContext")
            assert context.items() <= main["spec"]["template"]["spec"]["securityContext"].items()
            container["env"] = sorted(container.get("env", []), key=lambda item: item["name"])
            wanted["env"] = sorted(wanted.get("env", []), key=lambda item: item["name"])
            assert {key: container.get(key) for key in wanted} == wanted, (environment, service)
            assert main["metadata"]["name"] == service
            assert main["kind"] == ("Deployment" if service == "loadgenerator" or environment == "dev" else "Rollout")


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the original manifests are not at hand: the facts stand for themselves")
def test_the_facts_are_those_of_the_original_manifests():
    workloads = {
        item["metadata"]["name"]: item["spec"]["template"]["spec"]
        for item in yaml.safe_load_all(ORIGINAL.read_text())
        if item and item["kind"] == "Deployment"
    }
    for service, fact in FACTS.items():
        (container,) = workloads[service]["containers"]
        wanted = {key: value for key, value in fact.items() if key != "podSecurityContext"}
        assert sorted(wanted.get("env", []), key=str) == sorted(container.get("env", []), key=str)
        assert {key: container.get(key) for key in wanted if key != "env"} == {
            key: wanted[key] for key in wanted if key != "env"
        }
        assert workloads[service]["securityContext"] == fact["podSecurityContext"]
