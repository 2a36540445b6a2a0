"""What a rule over several objects costs grows with what they contain, and not with the number of their pairs.

Each case is a set of two sorts of objects that a file holds thousands of, by aliases. Lines of code that run are counted,
which is the same on every machine.
"""

from __future__ import annotations

import sys

import pytest

from generator.kubernetes import reading
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.engine import dispatch, examine
from generator.lint.registry import object_rules
from generator.syntax import wording

RULES = dispatch([rule for rule in object_rules() if rule.family.endswith((".between", ".rollout"))])

GROUPS = {
    "Deployment": "apps/v1",
    "Rollout": "argoproj.io/v1alpha1",
    "Application": "argoproj.io/v1alpha1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "Ingress": "networking.k8s.io/v1",
    "ServiceMonitor": "monitoring.coreos.com/v1",
    "PodMonitor": "monitoring.coreos.com/v1",
    "PodDisruptionBudget": "policy/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "DestinationRule": "networking.istio.io/v1",
    "VirtualService": "networking.istio.io/v1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "ExternalSecret": "external-secrets.io/v1",
}
_SLACK = 1.15
"""Of three times as many objects: pairs are nine times as many."""
MANY = range(12)
LABELS = {f"l{number}": "a" for number in MANY}
NEARLY = {**LABELS, "l11": "b"}
PORTS = [{"name": f"c{number}", "containerPort": 1000 + number} for number in MANY]
CONTAINER = {"name": "a", "image": "a:1", "ports": PORTS}


def an_object(kind, name, spec, namespace="n", labels=None, **metadata):
    metadata = {"name": name, "labels": labels or {}, **({"namespace": namespace} if namespace else {}), **metadata}
    return KubeObject({"apiVersion": GROUPS.get(kind, "v1"), "kind": kind, "metadata": metadata, "spec": spec})


def many(count, kind, spec, namespace="n", name="{}", **metadata):
    """Return objects; `{}` in a name or namespace is their number."""
    prefix = kind.lower()
    return [
        an_object(kind, name.replace("{}", f"{prefix}{at}"), spec(at) if callable(spec) else spec, namespace.replace("{}", f"n{at}"),
                  **metadata)
        for at in range(count)
    ]  # fmt: skip


def pods(count, labels=LABELS, **metadata):
    spec = {"containers": [CONTAINER]}
    return many(count, "Pod", spec, labels=labels, **metadata)


def workload(at, labels=LABELS):
    return {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [CONTAINER]}},
    }


def own_label(at):
    return {**NEARLY, f"own{at}": "a"}


def rollout(strategy):
    return {**workload(0), "strategy": strategy}


def ports_of_services(name):
    return {"selector": LABELS, "ports": [{"name": f"s{at}", "port": at + 1, "targetPort": f"{name}{at}"} for at in MANY]}


CANARY = {"stableService": "stable", "canaryService": "canary", "steps": [{"setWeight": 10}, {"pause": {}}]}
ISTIO = {**CANARY, "trafficRouting": {"istio": {"virtualService": {"name": "web"}}}}

CASES = {
    "Services and pods": lambda n: [*pods(n), *many(n, "Service", ports_of_services("c"))],
    "Services and pods without these ports": lambda n: [*pods(n), *many(n, "Service", ports_of_services("x"))],
    "NetworkPolicies and pods": lambda n: [
        *pods(n),
        *many(n, "NetworkPolicy", {
            "podSelector": {"matchLabels": LABELS},
            "ingress": [{"ports": [{"port": f"c{at}"}]} for at in MANY],
            "egress": [{"to": [{"podSelector": {}}] * 4, "ports": [{"port": "c1"}]}],
        }),
    ],
    "NetworkPolicies and Services that nearly match": lambda n: [
        *pods(n),
        *many(n, "NetworkPolicy", lambda at: {"podSelector": {"matchLabels": own_label(at)}}),
        *many(n, "Service", lambda at: {"selector": own_label(at), "ports": [{"port": 80}]}),
    ],
    "expressions and pods": lambda n: [
        *pods(n),
        *many(n, "PodDisruptionBudget", lambda at: {"minAvailable": 1, "selector": {"matchExpressions": [
            {"key": f"l{key}", "operator": "NotIn", "values": [f"x{at}", "b"]} for key in MANY
        ]}}),
    ],
    "ServiceMonitors, Services and pods": lambda n: [
        *pods(n),
        *many(n, "Service", ports_of_services("c"), labels=LABELS),
        *many(n, "ServiceMonitor", {"selector": {"matchLabels": LABELS}, "endpoints": [{"targetPort": f"c{at}"} for at in MANY]}),
    ],
    "PodMonitors and pods": lambda n: [
        *pods(n),
        *many(n, "PodMonitor", {
            "selector": {"matchLabels": LABELS}, "podMetricsEndpoints": [{"targetPort": f"c{at}"} for at in MANY],
        }),
    ],
    "workloads that overlap": lambda n: many(n, "Deployment", workload),
    "budgets and workloads": lambda n: [
        *many(n, "Deployment", workload),
        *many(n, "PodDisruptionBudget", {"minAvailable": 1, "selector": {"matchLabels": LABELS}}),
        *many(n, "HorizontalPodAutoscaler", {"maxReplicas": 9, "scaleTargetRef": {
            "apiVersion": "apps/v1", "kind": "Deployment", "name": "deployment1",
        }}),
    ],
    "objects of one name in many namespaces": lambda n: [
        *many(n, "Service", {"ports": [{"port": 80}]}, "{}", "web"),
        *many(n, "Deployment", workload, "{}", "web"),
        *many(n, "HorizontalPodAutoscaler", {"maxReplicas": 9, "scaleTargetRef": {
            "apiVersion": "apps/v1", "kind": "Deployment", "name": "web",
        }}, "{}"),
        *many(n, "Ingress", {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}, "{}"),
        *many(n, "Ingress", {"defaultBackend": {"service": {"name": "other", "port": {"number": 80}}}}, "{}", "o{}"),
    ],
    "subsets and DestinationRules": lambda n: [
        an_object("Service", "web", {"ports": [{"port": at} for at in MANY]}),
        *many(n, "DestinationRule", {"host": "*", "subsets": [{"name": f"s{at}"} for at in MANY]}),
        *many(n, "VirtualService", {"hosts": ["web"], "http": [
            {"route": [{"destination": {"host": "web", "subset": f"s{at}"}}]} for at in MANY
        ]}),
        *many(n, "VirtualService", {"hosts": ["web"], "http": [{"route": [{"destination": {"host": "web", "subset": "x"}}]}]},
              name="x{}"),
    ],
    "stable Services and routes": lambda n: [
        *many(n, "Rollout", rollout({"canary": CANARY}), "{}"),
        *many(n, "Ingress", {"defaultBackend": {"service": {"name": "stable", "port": {"number": 80}}}}, "other"),
    ],
    "blue-green Rollouts and Ingresses": lambda n: [
        *many(n, "Rollout", rollout({"blueGreen": {"activeService": "web", "previewService": "preview"}})),
        *many(n, "Ingress", {"ingressClassName": "alb", "rules": [{"http": {"paths": [
            {"path": "/", "backend": {"service": {"name": f"other{at}", "port": {"number": 80}}}} for at in MANY
        ]}}]}),
    ],
    "pods, and the keys that they read": lambda n: [
        *many(n, "Pod", {"containers": [{"name": "a", "env": [
            {"name": f"A{at}", "valueFrom": {"secretKeyRef": {"name": f"made{at}", "key": "k"}}} for at in MANY
        ]}]}),
        *many(n, "ExternalSecret", {"target": {"name": "made0"}}),
    ],
    "Rollouts with gates and objects of a wave": lambda n: [
        *many(n, "Rollout", rollout({"canary": CANARY})),
        *many(n, "ConfigMap", {}, annotations={"argocd.argoproj.io/sync-wave": "0"}),
    ],
    "Deployments that Rollouts took over, and Applications": lambda n: [
        *many(n, "Deployment", {**workload(0), "replicas": 2}),
        *many(n, "Rollout", lambda at: {"workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"deployment{at}"}}),
        *many(n, "Application", {"ignoreDifferences": [{"kind": "Service", "jsonPointers": ["/spec"]}]}),
    ],
}  # fmt: skip


def lines(objects):
    """Return how many lines of Tiphys run when objects are examined, and what is found."""
    count = 0

    def trace(_frame, event, _argument):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        found = sum(1 for _ in examine(Objects(objects), RULES))
    finally:
        sys.settrace(before)
    return count, found


@pytest.mark.parametrize("name", CASES)
def test_no_two_sorts_of_objects_keep_lint_busy_for_minutes(name, monkeypatch):
    """The reproducers of an attack: 28 seconds from 17 kB. Suggestions have a budget of their own."""
    monkeypatch.setattr(wording, "_left", 0)
    few, most = 12, 36
    lines(CASES[name](2))  # what is imported and kept
    small, _ = lines(CASES[name](few))
    large, _ = lines(CASES[name](most))
    assert large <= small * most / few * _SLACK, (small, large)


ROUTE = {"route": [{"destination": {"host": "stable"}}, {"destination": {"host": "canary"}}]}
"""A route whose 8 values are shared by all: one alias in a file."""


def rollouts_with(router, count):
    return many(count, "Rollout", rollout({"canary": {**CANARY, "trafficRouting": router}}))


LARGE = {
    "TP620": lambda n: [
        *rollouts_with({"nginx": {"stableIngress": "web"}}, n),
        an_object("Ingress", "web", {"rules": [{"http": {"paths": [
            {"path": "/", "backend": {"service": {"name": "stable", "port": {"number": 80}}}},
        ] * 400}}]}),
    ],
    "TP621": lambda n: [
        *rollouts_with({"istio": {"virtualService": {"name": "web"}}}, n),
        an_object("VirtualService", "web", {"hosts": ["a"], "http": [ROUTE] * 400}),
    ],
    "TP639": lambda n: many(n, "HTTPRoute", {
        "parentRefs": [{"name": f"g{at}"} for at in range(20)], "hostnames": [f"h{at}" for at in range(20)],
        "rules": [{"matches": [{"path": {"value": f"/{at}"}} for at in range(20)]}],
    }),
}  # fmt: skip


@pytest.mark.parametrize("rule", LARGE)
def test_a_large_object_that_thousands_refer_to_ends_in_one_warning(rule, monkeypatch):
    monkeypatch.setattr(wording, "_left", 0)
    monkeypatch.setattr(reading, "MOST", 40_000)
    found = [one for one in examine(Objects(LARGE[rule](40)), RULES) if one.rule.id == "TP640"]
    assert len(found) == 1
    assert f"not checked by `{rule}`" in found[0].finding.message
    monkeypatch.undo()
    assert [one for one in examine(Objects(LARGE[rule](2)), RULES) if one.rule.id == "TP640"] == []


def test_an_object_that_is_small_is_read_for_as_many_as_refer_to_it(monkeypatch):
    monkeypatch.setattr(reading, "MOST", 100)
    objects = [
        *rollouts_with({"istio": {"virtualService": {"name": "web"}}}, 60),
        an_object("VirtualService", "web", {"http": [ROUTE]}),
    ]
    found = [one.rule.id for one in examine(Objects(objects), RULES)]
    assert "TP640" not in found


def test_routes_that_a_rollout_selects_by_one_name_are_read_once_for_each_selection(monkeypatch):
    monkeypatch.setattr(wording, "_left", 0)
    counts = []
    for number in (10, 100):
        istio = {"istio": {"virtualService": {"name": "web", "routes": ["r"] * number}}}
        routes = [{**ROUTE, "name": "r"}] * number
        objects = [*rollouts_with(istio, 1), an_object("VirtualService", "web", {"hosts": ["a"], "http": routes})]
        counts.append(lines(objects)[0])
    assert counts[1] < counts[0] * 12
