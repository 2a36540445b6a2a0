"""`tiphys diff` with the real Helm and kustomize: a reviewer learns what every object in the cluster becomes, and nothing untrue."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from jsonschema import Draft7Validator

from support.paths import ROOT
from support.repositories import Repository
from support.trees import write_tree

BOUTIQUE = ROOT / "examples" / "online-boutique"
GOLDEN = Path(__file__).with_name("rendered_diff")

pytestmark = pytest.mark.usefixtures("helm_home", "git")

METADATA = 'apiVersion: v2\nname: ledger\nversion: {}\nappVersion: "5.2"\n'
TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {{{{ .Release.Name }}}}, labels: {{helm.sh/chart: ledger-{{{{ .Chart.Version }}}}}}}}
spec:
  replicas: {{{{ .Values.replicas }}}}
  selector: {{matchLabels: {{{label}: {{{{ .Release.Name }}}}}}}}
  template:
    metadata: {{labels: {{{label}: {{{{ .Release.Name }}}}}}}}
    spec:
      terminationGracePeriodSeconds: {{{{ .Values.grace }}}}
      containers:
        - {{name: ledger, image: "r/ledger:5", {more}ports: [{{name: web, containerPort: {{{{ .Values.ports.{port} }}}}}}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: {{{{ .Release.Name }}}}-store}}
spec:
  serviceName: store
  selector: {{matchLabels: {{app: store}}}}
  template: {{metadata: {{labels: {{app: store}}}}, spec: {{containers: [{{name: store, image: "r/store:3"}}]}}}}
  volumeClaimTemplates:
    - {{metadata: {{name: data}}, spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: {{{{ .Values.storage }}}}}}}}}}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: {{{{ .Release.Name }}}}-session}}
stringData: {{key: {{{{ randAlphaNum 16 }}}}}}
"""
LEDGER = {
    "charts/ledger-1/Chart.yaml": METADATA.format("1.0.0"),
    "charts/ledger-1/values.yaml": "replicas: 2\nports: {web: 9000}\nstorage: 1Gi\ngrace: 30\n",
    "charts/ledger-1/templates/all.yaml": TEMPLATE.format(label="app", more="", port="web"),
    "charts/ledger-2/Chart.yaml": METADATA.format("1.1.0"),
    "charts/ledger-2/values.yaml": "replicas: 2\nports: {http: 9000}\nstorage: 2Gi\ngrace: 90\n",
    "charts/ledger-2/templates/all.yaml": TEMPLATE.format(
        label="app.kubernetes.io/name", more="env: [{name: LOG, value: json}], ", port="http"
    ),
    "services/ledger/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: ledger}\nspec:\n"
    "  chart: {name: ledger, path: charts/ledger-1}\n  values:\n    ports: {web: 9100}\n  environments: {prod: {}}\n",
}


@pytest.fixture(autouse=True)
def _own_programs(helm, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def edited(repository, path, *pairs):
    text = (repository.root / path).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, (path, old)
        text = text.replace(old, new)
    repository.write(path, text)


@pytest.fixture
def ledger(tmp_path):
    made = Repository(tmp_path / "r")
    write_tree(made.root, LEDGER)
    made.commit("start")
    return made


@pytest.fixture
def shop(tmp_path):
    made = Repository(tmp_path / "shop")
    shutil.rmtree(made.root / "environments")
    shutil.copytree(BOUTIQUE, made.root, dirs_exist_ok=True)
    made.commit("start")
    return made


def found(tiphys, repository, *words, code=0):
    done = tiphys("diff", "HEAD", "--rendered", "--format", "json", *words, cwd=repository.root)
    assert done.returncode == code, done.stdout + done.stderr
    data = json.loads(done.stdout)
    Draft7Validator(json.loads((ROOT / "schemas/diff.schema.json").read_text())).validate(data)
    return data


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_upgrade_of_a_chart_is_told_object_by_object_with_what_no_sync_would_survive(form, tiphys, ledger, golden):
    edited(
        ledger,
        "services/ledger/pipeline.yaml",
        ("path: charts/ledger-1", "path: charts/ledger-2"),
        ("{web: 9100}", "{web: 9100}\n    replicas: 4"),
    )
    done = tiphys("diff", "HEAD", "--format", form, cwd=ledger.root)
    assert done.returncode == 1
    assert "Kubernetes refuses 3 changes: every sync fails until the object is deleted" in done.stderr
    said = re.sub(r"(?<=\b[0-9a-f]{6})<!-- -->(?=[0-9a-f]{2}\b)", "", done.stdout)
    said = re.sub(r"Helm \d+\.\d+\.\d+", "Helm 3", re.sub(r"\b[0-9a-f]{8}\b", "01234567", said))
    golden(said, GOLDEN / f"upgrade.{'txt' if form == 'text' else 'md'}")


def flat(node, path=()):
    """Yield the leaves of an object, with the names of list items where they have some: no code of the tool's."""
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from flat(value, (*path, str(key)))
    elif isinstance(node, list) and node:
        for index, value in enumerate(node):
            name = value.get("name", value.get("containerPort", index)) if isinstance(value, dict) else index
            yield from flat(value, (*path, str(name)))
    else:
        yield path, node


@cache
def templated(helm, release: str, values: tuple[bytes, ...]) -> list[dict]:
    """Return what Helm renders from the shipped chart: the same for the same bytes, so it runs once for them."""
    with TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.yaml") for number, _ in enumerate(values)]
        for file, content in zip(files, values, strict=True):
            file.write_bytes(content)
        done = subprocess.run(
            [helm, "template", release, str(ROOT / "templates" / "chart"), "--kube-version", "1.31"]
            + [part for api in ("argoproj.io/v1alpha1", "argoproj.io/v1alpha1/Rollout") for part in ("--api-versions", api)]
            + [part for file in files for part in ("--values", str(file))],
            capture_output=True,
            text=True,
            check=True,
        )
    return list(yaml.load_all(done.stdout, yaml.CSafeLoader))


def rendered(helm, root: Path) -> dict[tuple[str, str, str, str], dict]:
    """Return the leaves of every object of every service, rendered by Helm from the generated files alone."""
    objects = {}
    for path in sorted(root.glob("generated/*/applications/*.yaml")):
        application = yaml.safe_load(path.read_text())
        source = (application["spec"].get("sources") or [application["spec"].get("source")])[0]
        files = [root / name.removeprefix("$values/").lstrip("/") for name in source["helm"]["valueFiles"]]
        release, values = source["helm"]["releaseName"], tuple(file.read_bytes() for file in files)
        assert "path" not in source, "the chart is the shipped one, which no edit changes"
        for item in templated(helm, release, values):
            if item:
                name = (
                    path.parts[-3],
                    application["metadata"]["labels"]["app.kubernetes.io/name"],
                    item["kind"],
                    item["metadata"]["name"],
                )
                objects[name] = dict(flat(item))
    return objects


EDITS = {
    "a value": ("services/frontend/pipeline.yaml", ('ENABLE_PROFILER: "0"', 'ENABLE_PROFILER: "1"')),
    "a value that goes": ("services/frontend/pipeline.yaml", ('      ENABLE_PROFILER: "0"\n', "")),
    "the autoscaler": ("services/frontend/pipeline.yaml", ("maxReplicas: 12", "maxReplicas: 16")),
    "an image": ("services/cartservice/pipeline.yaml", ("prod: {image: {tag: v0.10.6}}", "prod: {image: {tag: v0.10.7}}")),
    "an environment": ("environments/prod.yaml", ("fsGroup: 1000", "fsGroup: 2000")),
    "a preset": ("environments/staging.yaml", ("{preset: quick-canary}", "{preset: gradual-canary}")),
    "nothing": ("services/frontend/pipeline.yaml", ("spec:\n", "# a comment\nspec:\n")),
}


@pytest.mark.parametrize("edit", EDITS)
def test_exactly_the_fields_that_really_change_are_told(edit, helm, tiphys, shop, tmp_path):
    path, *pairs = EDITS[edit]
    if edit == "a preset" and pairs[0][0] not in (shop.root / path).read_text():
        pairs = [("kind: Environment", "kind: Environment")]
    assert tiphys("generate", cwd=shop.root).returncode == 0
    before = rendered(helm, shop.root)
    edited(shop, path, *pairs)
    told = found(tiphys, shop, "--noise")["cluster"]
    assert tiphys("generate", cwd=shop.root).returncode == 0
    after = rendered(helm, shop.root)
    real = {
        (*name, leaf)
        for name in before.keys() | after.keys()
        for leaf in before.get(name, {}).keys() | after.get(name, {}).keys()
        if before.get(name, {}).get(leaf, "-") != after.get(name, {}).get(leaf, "-")
    }
    said = {
        (place["environment"], place["service"], one["kind"], re.sub(r"[\[\].\"]+", "/", one["path"]).strip("/"))
        for one in told["objects"]
        for place in one["where"]
    }

    def covers(what, change):
        environment, service, kind, _, leaf = change
        return what[:3] == (environment, service, kind) and re.sub(r"[\[\].\"]+", "/", "/".join(leaf)).startswith(what[3])

    assert [change for change in real if not any(covers(what, change) for what in said)] == []
    assert [what for what in said if not any(covers(what, change) for change in real)] == []
    assert told["unrendered"] == []
    if edit == "nothing":
        assert (real, told["objects"]) == (set(), [])


def test_a_change_that_waits_for_the_gate_is_told_from_one_that_hits_all_pods_at_once(tiphys, shop):
    edited(
        shop,
        "services/frontend/pipeline.yaml",
        ('ENABLE_PROFILER: "0"', 'ENABLE_PROFILER: "1"'),
        ("maxReplicas: 12", "maxReplicas: 16"),
    )
    effects = {(one["kind"], one["effect"]) for one in found(tiphys, shop)["cluster"]["objects"]}
    assert effects == {("Rollout", "release"), ("HorizontalPodAutoscaler", "at-once"), ("Deployment", "update")}


def test_a_default_of_a_chart_is_told_from_the_value_of_the_spec(tiphys, ledger):
    edited(ledger, "charts/ledger-1/values.yaml", ("grace: 30", "grace: 60"))
    edited(ledger, "services/ledger/pipeline.yaml", ("{web: 9100}", "{web: 9100}\n    replicas: 4"))
    causes = {one["path"]: one["causes"][0] for one in found(tiphys, ledger)["cluster"]["objects"]}
    assert causes["spec.replicas"] == {"what": "values.replicas", "path": "services/ledger/pipeline.yaml", "line": 8}
    assert causes["spec.template.spec.terminationGracePeriodSeconds"]["what"] == "chart ledger 1.0.0"


def test_an_overlay_of_kustomize_is_compared_by_what_it_builds(kustomize, tiphys, tmp_path):
    made = Repository(tmp_path / "r")
    write_tree(
        made.root,
        {
            "k/kustomization.yaml": "resources: [cm.yaml]\n",
            "k/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: till}\ndata: {a: b}\n",
            "services/till/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: till}\n"
            "spec: {source: {kustomize: {path: k}}, environments: {prod: {}}}\n",
        },
    )
    made.commit("start")
    edited(made, "k/cm.yaml", ("{a: b}", "{a: c}"))
    (one,) = found(tiphys, made)["cluster"]["objects"]
    assert (one["kind"], one["path"], one["before"], one["after"]) == ("ConfigMap", "data.a", "b", "c")
    assert one["causes"] == [{"what": "k", "path": None, "line": None}]
    text = tiphys("diff", "HEAD", cwd=made.root).stdout
    assert "1 service changes in 1 environment" in text, text


@pytest.mark.parametrize(("on_delete", "removed"), [("orphan", 0), ("cascade", 3)])
def test_a_service_that_leaves_its_objects_running_changes_nothing_in_the_cluster(on_delete, removed, tiphys, ledger):
    spec = LEDGER["services/ledger/pipeline.yaml"].replace("spec:\n", f"spec:\n  argocd: {{onDelete: {on_delete}}}\n")
    ledger.write("services/ledger/pipeline.yaml", spec)
    ledger.write("services/other/pipeline.yaml", spec.replace("name: ledger}\n", "name: other}\n", 1))
    ledger.commit("two services")
    shutil.rmtree(ledger.root / "services/ledger")
    done = tiphys("diff", "--rendered", "--format", "json", cwd=ledger.root)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["risk"]["id"] for one in found["changes"] if one["risk"]["id"] == "service-removed"] == ["service-removed"]
    told = [one["kind"] for one in found["cluster"]["objects"] if one["risk"]["id"] == "object-removed"]
    assert len(told) == removed, told


def test_without_helm_the_rest_is_compared_and_insisting_on_it_is_an_error(tiphys, ledger, tmp_path):
    edited(ledger, "services/ledger/pipeline.yaml", ("9100", "9200"))
    gone = ("--helm", tmp_path / "helm")
    done = tiphys("diff", "HEAD", *gone, cwd=ledger.root)
    assert done.returncode == 0, done.stderr
    assert "ports.web 9100 → 9200" in done.stdout
    assert "in the cluster: nothing was rendered: " in done.stdout, done.stdout
    done = tiphys("diff", "HEAD", "--rendered", *gone, cwd=ledger.root)
    assert done.returncode == 2
    assert "--rendered insists on it" in done.stderr
    done = tiphys("diff", "HEAD", "--no-rendered", *gone, cwd=ledger.root)
    assert "in the cluster" not in done.stdout


def test_a_chart_that_cannot_be_had_is_named_with_the_reason(tiphys, tmp_path):
    made = Repository(tmp_path / "r")
    made.write(
        "services/web/pipeline.yaml",
        LEDGER["services/ledger/pipeline.yaml"]
        .replace("ledger, path: charts/ledger-1", "ferry, version: '1.0.0'")
        .replace("ledger", "web"),
    )
    made.commit("start")
    edited(made, "services/web/pipeline.yaml", ("9100", "9200"))
    done = tiphys("diff", "HEAD", "--offline", cwd=made.root)
    assert done.returncode == 0, done.stderr
    assert "not rendered: prod web: ferry 1.0.0 is neither in the workspace nor in the cache" in done.stdout, done.stdout


def test_what_was_rendered_before_is_not_rendered_again(helm, tiphys, ledger, tmp_path):
    edited(ledger, "charts/ledger-1/templates/all.yaml", ("randAlphaNum 16", "quote .Release.Name"))
    ledger.commit("nothing random")
    edited(ledger, "services/ledger/pipeline.yaml", ("9100", "9200"))
    calls = tmp_path / "calls"
    (tmp_path / "bin").mkdir()
    spy = tmp_path / "bin" / "helm"
    spy.write_text(f'#!/bin/sh\necho "$1" >> {calls}\nexec {helm} "$@"\n')
    spy.chmod(0o755)
    for expected in (2, 0):
        calls.write_text("")
        assert tiphys("diff", "HEAD", "--helm", spy, cwd=ledger.root).returncode == 0
        assert calls.read_text().split().count("template") == expected


def test_a_secret_among_several_changes_is_traced_to_its_own_line(tiphys, shop):
    edited(
        shop,
        "services/frontend/pipeline.yaml",
        ('ENABLE_PROFILER: "0"', 'ENABLE_PROFILER: "1"\n      DB_PASSWORD: hunter2hunter2'),
        ("initialDelaySeconds: 10", "initialDelaySeconds: 20"),
    )
    objects = found(tiphys, shop, "frontend")["cluster"]["objects"]
    causes = {one["path"]: {cause["what"] for cause in one["causes"]} for one in objects}
    (path,) = [path for path in causes if "DB_PASSWORD" in path]
    assert causes[path] == {"values.env.DB_PASSWORD"}
    assert not any("chart" in what for some in causes.values() for what in some), "the chart is the same on both sides"
