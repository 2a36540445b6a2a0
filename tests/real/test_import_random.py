"""`tiphys import` over workspaces that nobody wrote: what is generated comes back, and damaged trees crash nothing."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
import yaml

from generator.adopt import trees
from generator.adopt.run import imported
from generator.adopt.session import Asked
from generator.adopt.user_patterns import Patterns
from generator.errors import TiphysError
from generator.pipeline.run import Mode, Request, run
from generator.report import imports
from generator.syntax.emit import emit
from generator.system import helm as helms
from generator.system.files import roots
from generator.system.store import Store
from generator.verify.cache import Cache
from generator.verify.offered_charts import OfferedCharts
from support.imports import CASES, prepared
from support.paths import ROOT
from support.trees import read_tree, write_tree

pytestmark = pytest.mark.usefixtures("helm_home")

STRATEGIES = [
    {"canary": {"steps": [{"setWeight": 20}, {"pause": {"duration": "5m"}}]}},
    {"canary": {"maxSurge": "50%", "maxUnavailable": 0, "steps": [{"setWeight": 50}, {"pause": {}}]}},
    {"blueGreen": {"autoPromotionEnabled": False}},
]


@pytest.fixture
def ask(helm, kustomize, monkeypatch, tmp_path):
    """Return a function that imports a directory with charts from another."""
    monkeypatch.setenv("PATH", f"{Path(helm).parent}:{Path(kustomize).parent}:/usr/bin:/bin")

    def run_import(old: Path, charts: Path | None, *patterns: str):
        offered = OfferedCharts({"charts": roots.named(str(charts))}) if charts else None
        tree = trees.opened("old", roots.named(str(old)))
        return imported(
            Asked([tree], Patterns(*patterns), {}, offered, lambda: helms.find(helm), Cache(Store(str(tmp_path / "cache"))))
        )

    return run_import


def environment(name, pick):
    argocd = {
        "project": pick.choice(["shop", "default"]),
        "destination": {"name": name, "namespace": pick.choice(["shop", "{service}", "team-{environment}"])},
        "applicationName": pick.choice(["{service}-{environment}", "{environment}-{service}", "shop-{service}-{environment}"]),
        "onDelete": pick.choice(["orphan", "cascade"]),
        "syncPolicy": pick.choice([{}, {"automated": {"prune": True}}, {"syncOptions": ["CreateNamespace=true"]}]),
        "labels": pick.choice([{}, {"stage": name}]),
    }
    spec = {"argocd": argocd, "chart": {"repository": f"https://charts.example.org/{name}", "version": "1.1.0"}}
    if pick.random() < 0.5:
        spec["defaults"] = {"values": {"config": {"STAGE": name}}}
    return {"apiVersion": "tiphys/v1", "kind": "Environment", "metadata": {"name": name}, "spec": spec}


def service(name, environments, pick):
    def block():
        found = {"image": {"repository": f"registry.example.org/{name}", "tag": f"{pick.randint(0, 9)}.{pick.randint(0, 9)}.0"}}
        if pick.random() < 0.5:
            found["replicas"] = pick.randint(1, 5)
        elif pick.random() < 0.5:
            found["autoscaling"] = {"minReplicas": 2, "maxReplicas": pick.randint(3, 9), "targetCPUUtilizationPercentage": 70}
        if pick.random() < 0.6:
            found["rollout"] = {"strategy": pick.choice(STRATEGIES)}
        if pick.random() < 0.5:
            found["values"] = {"config": {"LEVEL": pick.choice(["info", "yes", "1e3"])}, "podAnnotations": {"a/b": "c"}}
        if pick.random() < 0.3:
            found["argocd"] = {"annotations": {"team": name}, "revisionHistoryLimit": pick.randint(1, 5)}
            found["argocd"] |= {"onDelete": pick.choice(["orphan", "cascade", "background"])}
        return found

    used = pick.sample(environments, pick.randint(1, len(environments)))
    spec = {"chart": {"name": "service"}, "environments": {one: block() for one in used}}
    return {"apiVersion": "tiphys/v1", "kind": "Pipeline", "metadata": {"name": name}, "spec": spec}


@pytest.mark.parametrize("seed", range(6))
def test_a_random_workspace_stripped_to_applications_and_values_comes_back_without_a_difference(seed, ask, tmp_path):
    pick = random.Random(seed)
    environments = pick.sample(["dev", "test", "staging", "prod", "prod-eu", "prod-us"], pick.randint(1, 4))
    services = [f"svc-{name}" for name in pick.sample(["mail", "shop", "login", "search"], pick.randint(1, 4))]
    settings = {"apiVersion": "tiphys/v1", "kind": "Workspace", "spec": {"repoURL": "https://git.example.org/shop/config.git"}}
    files = {"tiphys.yaml": settings} | {f"environments/{name}.yaml": environment(name, pick) for name in environments}
    files |= {f"services/{name}/pipeline.yaml": service(name, environments, pick) for name in services}
    work = write_tree(tmp_path / "work", {path: emit(data) for path, data in files.items()})
    outcome = run(Request(str(work), Mode.WRITE))
    assert not outcome.errors, outcome.diagnostics
    old = {path: content for path, content in read_tree(work).items() if path.startswith("generated/")}
    write_tree(tmp_path / "old", {path: content.partition(b"\n")[2] for path, content in old.items()})
    shutil.copytree(ROOT / "templates" / "chart", tmp_path / "charts" / "service")
    found = ask(tmp_path / "old", tmp_path / "charts")
    assert found.compared.differences == ()
    assert found.not_carried == ()
    assert found.compared.objects > 0


@pytest.mark.parametrize("seed", range(3))
def test_clusters_of_an_environment_come_back_as_its_destinations_without_a_difference(seed, ask, tmp_path):
    pick = random.Random(seed)
    where, names = environment("live", pick), pick.sample(["mail", "shop", "login", "search"], 2)
    clusters = pick.sample(["eu", "us", "ap", "sa"], pick.randint(2, 4))
    argocd = where["spec"]["argocd"] | {"destination": {"namespace": "shop"}, "applicationName": "{service}-{destination}"}
    argocd["destinations"] = {name: {"server": f"https://{name}.example.org"} for name in clusters}
    if pick.random() < 0.7:
        argocd["waves"] = [clusters[:1], clusters[1:]]
    where["spec"]["argocd"] = argocd
    files = {f"services/{name}/pipeline.yaml": service(name, ["live"], pick) for name in names}
    for data in files.values():
        own = {"values": {"config": {"CLUSTER": "x"}}} | ({"replicas": 7} if pick.random() < 0.5 else {})
        block = data["spec"]["environments"]["live"]
        block.pop("autoscaling", None)
        block["destinations"] = {pick.choice(clusters): own}
    files["environments/live.yaml"] = where
    spec = {"repoURL": "https://git.example.org/shop/config.git"}
    files["tiphys.yaml"] = {"apiVersion": "tiphys/v1", "kind": "Workspace", "spec": spec}
    work = write_tree(tmp_path / "work", {path: emit(data) for path, data in files.items()})
    outcome = run(Request(str(work), Mode.WRITE))
    assert not outcome.errors, outcome.diagnostics
    old = {path: content for path, content in read_tree(work).items() if path.startswith("generated/")}
    write_tree(tmp_path / "old", {path: content.partition(b"\n")[2] for path, content in old.items()})
    shutil.copytree(ROOT / "templates" / "chart", tmp_path / "charts" / "service")
    pattern = "generated/{environment}/applications/{service}-{destination}"
    found = ask(tmp_path / "old", tmp_path / "charts", pattern)
    assert [form.why for form in found.forms] == [""]
    assert found.compared.differences == ()
    assert found.not_carried == ()
    again = found.layers.environments["live"]["argocd"]
    assert sorted(again["destinations"]) == sorted(clusters)
    assert [sorted(wave) for wave in again.get("waves", [])] == [sorted(wave) for wave in argocd.get("waves", [])]


VALUES = [
    None,
    "",
    0,
    True,
    [],
    {},
    "x",
    ["x"],
    [None],
    {"a": None},
    [[]],
    "{{x}}",
    "../..",
    "/etc/passwd",
    10**30,
    "\u202e",
    "$v/x",
]


def places(node, at=()):
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*at, key)
        yield from places(value, (*at, key))


def damaged(document, pick):
    """Return a document with one value replaced, or one key removed."""
    found = list(places(document))
    if not found:
        return document
    *above, last = pick.choice(found)
    node = document
    for key in above:
        node = node[key]
    if isinstance(node, dict) and pick.random() < 0.2:
        del node[last]
    else:
        node[last] = pick.choice(VALUES)
    return document


@pytest.mark.parametrize("case", CASES)
def test_no_damaged_application_crashes_an_import_or_hides_the_others(case, ask, tmp_path):
    for seed in range(3):
        pick = random.Random(f"{case} {seed}")
        _, work = prepared(case, tmp_path / str(seed))
        path = pick.choice([path for path in sorted((work / "old").rglob("*.yaml")) if "templates" not in path.parts])
        documents = [damaged(one, pick) for one in yaml.safe_load_all(path.read_text()) if one is not None]
        path.write_text(yaml.safe_dump_all(documents))
        try:
            found = ask(work / "old", work / "charts" if (work / "charts").is_dir() else None)
        except TiphysError:
            continue
        assert imports.as_text(found, "", "")
        assert imports.as_json(found)
