"""Schemas complete and check what people write; quick checks and jsonschema must agree on all of it."""

from __future__ import annotations

import copy
import json
import random
import re

import pytest
import yaml
from jsonschema import Draft7Validator

from generator.kubernetes.objects import KubeObject
from generator.lint.schemas import Schemas, without_nulls
from generator.syntax.schema.errors import explain
from generator.syntax.schema.validate import accepts
from support.paths import DATA, ROOT
from tools import bundle_schemas

SCHEMAS = sorted((ROOT / "schemas").glob("*.schema.json"))
CRDS = ROOT / "schemas" / "crds"


def test_built_schemas_are_fresh():
    stale = [path.name for path, text in bundle_schemas.generate().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: python -m tools.bundle_schemas"


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_valid_closed_and_complete_in_itself(path):
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    for where, node in walk(schema):
        if node.get("type") == "object" or node.get("type") == ["object", "null"]:
            assert "additionalProperties" in node, f"{where} is neither closed nor open on purpose"
        if "$ref" in node:
            assert node["$ref"].removeprefix("#/definitions/") in schema["definitions"], where
        for name, part in node.get("properties", {}).items():
            target = part
            while "description" not in target and "$ref" in target:
                target = schema["definitions"][target["$ref"].removeprefix("#/definitions/")]
            assert len(target.get("description", "")) > 5, f"{where}/{name} has no description for an editor to show"
        if "pattern" in node:
            re.compile(node["pattern"])
            assert "x-problem" in node or where.endswith("jsonPointers/items") or "x-hint" in node, (
                f"{where}: a pattern needs words"
            )


def walk(node, where=""):
    """Yield every schema in a schema, with where it is."""
    if isinstance(node, dict):
        if not where.endswith(("/properties", "/definitions", "/examples", "/default")):
            yield where, node
        for key, value in node.items():
            if key not in ("examples", "default", "enum", "const"):
                yield from walk(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{where}/{index}")


def properties(node, definitions, depth=0):
    """Return the tree of property names of a schema; open maps and text are leaves."""
    while "$ref" in node or "allOf" in node:
        part = node["allOf"][0] if "allOf" in node else node
        node = definitions[part["$ref"].removeprefix("#/definitions/")]
    if "items" in node:
        return properties(node["items"], definitions, depth)
    return {name: properties(part, definitions, depth + 1) for name, part in sorted(node.get("properties", {}).items())}


@pytest.mark.parametrize(
    ("kind", "there", "here"),
    [
        ("rollout", ("spec", "strategy"), "strategy"),
        ("analysistemplate", ("spec",), "analysisTemplateSpec"),
        ("application", ("spec", "syncPolicy"), "syncPolicy"),
    ],
)
def test_every_field_of_the_real_crd_is_known_and_none_that_it_does_not_have(kind, there, here):
    theirs = json.loads((CRDS / f"{kind}.json").read_text())
    for part in there:
        theirs = theirs["properties"][part]
    ours = json.loads((ROOT / "schemas" / "service.schema.json").read_text())
    if here == "syncPolicy":
        node = ours["definitions"][here]
    else:
        node = (
            ours["definitions"].get(here)
            or json.loads((ROOT / "schemas/analysistemplate.schema.json").read_text())["definitions"][here]
        )
    found, wanted = properties(node, ours["definitions"]), properties(theirs, {})
    if kind == "analysistemplate":  # the pod spec of a Job is Kubernetes' business and stays open
        for tree in (found, wanted):
            tree["metrics"]["provider"]["job"] = {}
    assert found == wanted


def specs() -> list[dict]:
    paths = [
        *(ROOT / "examples").glob("*/services/*/pipeline.yaml"),
        *(DATA / "cases").glob("*/services/*/pipeline.yaml"),
    ]
    return [yaml.safe_load(path.read_text()) for path in sorted(paths)]


RICH = {
    "apiVersion": "tiphys/v1",
    "kind": "Pipeline",
    "metadata": {"name": "web", "labels": {"team": "a"}},
    "spec": {
        "image": {"repository": "x/y", "tag": "1", "digest": None},
        "chart": {"name": "service", "version": "1.0.0", "path": None},
        "autoscaling": {"minReplicas": 1, "maxReplicas": 2},
        "rollout": {
            "rollbackWindow": {"revisions": 1},
            "analysisTemplates": [
                {"name": "a", "spec": {"metrics": [{"name": "m", "count": 3, "provider": {"web": {"url": "http://x"}}}]}}
            ],
            "strategy": {
                "canary": {
                    "maxSurge": "25%",
                    "analysis": {"templates": [{"templateName": "a"}], "args": [{"name": "b", "value": "c"}]},
                    "trafficRouting": {
                        "istio": {"virtualService": {"name": "v", "routes": ["r"]}},
                        "managedRoutes": [{"name": "h"}],
                    },
                    "steps": [
                        {"setWeight": 5},
                        {"pause": {"duration": "1m"}},
                        {"setHeaderRoute": {"name": "h", "match": [{"headerName": "x", "headerValue": {"exact": "y"}}]}},
                        {"experiment": {"duration": "5m", "templates": [{"name": "e", "specRef": "canary", "weight": 1}]}},
                        {"plugin": {"name": "p", "config": {"any": ["thing"]}}},
                    ],
                }
            },
        },
        "argocd": {"syncPolicy": {"automated": {"prune": True}, "syncOptions": ["Prune=false"]}, "annotations": {"a.b/c": "d"}},
        "environments": {"dev": None, "prod": {"replicas": 3, "values": {"x": [1, None]}}},
    },
}

WRONG = [None, "", "x", 0, -1, 10**12, 1.5, True, [], {}, [[]], {"x": 1}, "a b", "\n", "25", "1d", "é"]


def places(node, at=()):
    yield at
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*at, key))


def mutated(document, chooser):
    """Return the document with one thing changed: a value, a key, a thing more or a thing less."""
    changed = copy.deepcopy(document)
    at = chooser.choice([place for place in places(changed) if place])
    parent = changed
    for part in at[:-1]:
        parent = parent[part]
    how = chooser.randrange(4)
    if how == 0:
        parent[at[-1]] = copy.deepcopy(chooser.choice(WRONG))
    elif how == 1:
        del parent[at[-1]]
    elif isinstance(parent, dict):
        name = chooser.choice(["", "x", "tga", "Name", "name\n", *parent])
        parent[name] = parent.pop(at[-1]) if how == 2 else copy.deepcopy(chooser.choice(WRONG))
    else:
        parent.append(copy.deepcopy(chooser.choice([*WRONG, *parent])))
    return changed


@pytest.mark.parametrize("count", [4000])
def test_quick_checks_and_jsonschema_agree_on_thousands_of_mutants(count):
    chooser = random.Random(7)
    documents = [RICH, *specs()]
    refused = 0
    for _ in range(count):
        document = mutated(chooser.choice(documents), chooser)
        if chooser.random() < 0.3:
            document = mutated(document, chooser)
        problems = explain("pipeline", document)
        assert accepts("pipeline", document) == (not problems), (problems, document)
        refused += bool(problems)
        assert all(problem.message for problem in problems)
    assert count * 0.4 < refused < count * 0.95, "the mutants are neither all good nor all bad"


def test_what_is_rich_is_accepted():
    assert explain("pipeline", RICH) == []


@pytest.mark.parametrize("kind", ["environment", "workspace", "strategy", "profile"])
def test_quick_checks_and_jsonschema_agree_on_the_other_kinds(kind):
    chooser = random.Random(11)
    folders = {
        "environment": ["environments", "examples/*/environments"],
        "workspace": ["examples/*"],
        "strategy": ["templates/strategies"],
        "profile": ["templates/profiles/*"],
    }
    paths = [path for folder in folders[kind] for path in sorted(ROOT.glob(f"{folder}/*.yaml"))]
    documents = [
        document
        for path in paths
        if (document := yaml.safe_load(path.read_text())).get("kind", "").lower() in (kind, f"chart{kind}")
    ]
    assert documents
    for _ in range(600):
        document = mutated(chooser.choice(documents), chooser)
        assert accepts(kind, document) == (not explain(kind, document)), document


POD = {
    "metadata": {"labels": {"app": "web"}, "annotations": {"a.b/c": "d"}},
    "spec": {
        "serviceAccountName": "web",
        "securityContext": {"runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "web",
                "image": "r/web:1",
                "ports": [{"name": "http", "containerPort": 8080}],
                "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
                "resources": {"requests": {"cpu": 1, "memory": "1Gi"}},
                "readinessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 3},
            }
        ],
        "volumes": [{"name": "v", "configMap": {"name": "c", "items": [{"key": "k", "path": "p"}]}}],
    },
}
WORKLOAD = {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": POD}
OBJECTS = [
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {**WORKLOAD, "strategy": {"rollingUpdate": {"maxSurge": "25%"}}}},
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80, "targetPort": "http"}]}},
    {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "spec": {"maxReplicas": 3, "scaleTargetRef": {"kind": "Rollout", "name": "web"}, "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}]}},
    {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": {"rules": [{"host": "a.b", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}},
    {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": {"maxUnavailable": 1}},
    {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"}, "spec": {**WORKLOAD, "strategy": {"canary": {"maxSurge": 1, "steps": [{"setWeight": 5}, {"pause": {"duration": 30}}]}}}},
    {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"}, "spec": {**WORKLOAD, "strategy": RICH["spec"]["rollout"]["strategy"]}},
    {"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": "a"}, "spec": RICH["spec"]["rollout"]["analysisTemplates"][0]["spec"]},
    {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": {"project": "p", "destination": {"name": "c"}, "source": {"repoURL": "https://x", "path": "p"}, "syncPolicy": {"retry": {"limit": 3}}}},
]  # fmt: skip


@pytest.mark.parametrize("version", ["1.29", "1.34"])
def test_no_object_is_accepted_quickly_that_its_schema_refuses(version):
    schemas = Schemas(version)
    assert [schemas.problems(KubeObject(item)) for item in OBJECTS] == [[]] * len(OBJECTS)
    chooser = random.Random(int(version[-2:]))
    quick = slow = 0
    for number in range(3000):
        item = KubeObject(without_nulls(mutated(OBJECTS[number % len(OBJECTS)], chooser)))
        key = f"{item.api_version} {item.kind}"
        schema = schemas._schema(item) if item.data.get("kind") and item.data.get("apiVersion") else None
        if schema is None:
            continue
        wrong = [error.message for error in schemas._validator(key, schema).iter_errors(item.data)]
        accepted = schemas._acceptor.accepts(key, item.data) if key in schemas._known else not wrong
        assert not (accepted and wrong), (wrong, item.data)
        quick += accepted
        slow += not accepted and not wrong
    assert quick > 300
    assert slow < quick / 20, "what is valid is seldom left to jsonschema"
