"""Documents and objects with one thing changed are judged alike by the quick checks and by their schemas."""

from __future__ import annotations

import copy
import random

import pytest
import yaml

from generator.kubernetes.objects import KubeObject
from generator.lint.schemas import Schemas, without_nulls
from generator.syntax.schema.explaining import explain
from generator.syntax.schema.validate import accepts
from support.paths import DATA, ROOT


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
