"""An admission policy refuses here what it refuses in the cluster, and what only the cluster knows is told, not guessed."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from generator.diagnostics import dotted
from generator.kubernetes.admission import plural
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.lint import policies
from generator.lint.engine import dispatch, examine
from generator.syntax.budget import Budget
from support.objects import written

CASES = yaml.safe_load(Path(__file__).with_name("policies.yaml").read_text())
DEPLOYMENTS = {
    "resourceRules": [{"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["*"], "resources": ["deployments"]}]
}
GROUP = "admissionregistration.k8s.io/v1"


def policy_of(case):
    spec = {"matchConstraints": DEPLOYMENTS, **case["spec"]}
    binding = {"policyName": "limits", "validationActions": ["Deny"], **case.get("binding", {})}
    return [
        {"apiVersion": GROUP, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "limits"}, "spec": spec},
        {"apiVersion": GROUP, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "limits"}, "spec": binding},
    ]


def found_by(admitting, beside, objects, namespace="", most=10**9):
    known = [KubeObject(one) for one in (*admitting, *beside)]
    rules = policies.of(known, Budget(most)).rules
    return list(examine(Objects([KubeObject(one) for one in objects], namespace=namespace), dispatch(rules)))


def told(found):
    return [f"{one.severity} {one.object.title}: {dotted(one.finding.pointer)}: {one.finding.message}" for one in found]


@pytest.mark.parametrize("case", CASES)
def test_a_policy_says_what_the_api_server_would(case):
    case = CASES[case]
    objects, beside = ([written(one) for one in case.get(key, ())] for key in ("objects", "beside"))
    found = found_by(policy_of(case), beside, objects, case.get("namespace", ""))
    assert sorted(told(found)) == sorted(case["found"])
    assert all(one.finding.hint for one in found)


def test_a_policy_that_nothing_binds_is_not_evaluated():
    case = CASES["a condition that fails refuses the object"]
    assert found_by(policy_of(case)[:1], (), [written("deployment")]) == []


def test_all_evaluations_of_a_run_have_one_budget_and_its_end_is_an_error():
    case = CASES["conditions and variables"]
    objects = [written({"like": "deployment", "metadata": {"name": f"a{number}"}}) for number in range(50)]
    said = told(found_by(policy_of(case), (), objects, most=20_000))
    assert len(said) < 50
    assert said[-1].endswith("cost too much together, so that this one was not evaluated for all objects")


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("Ingress", "ingresses"), ("NetworkPolicy", "networkpolicies"), ("Gateway", "gateways"), ("Endpoints", "endpoints"),
        ("StorageClass", "storageclasses"), ("Rollout", "rollouts"), ("Prometheus", "prometheuses"), ("EndpointSlice", "endpointslices"),
    ],
)  # fmt: skip
def test_a_kind_has_the_resource_that_rules_name(kind, resource):
    assert plural(kind) == resource


def places(node, path=()):
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


ANY = (
    some.none()
    | some.booleans()
    | some.integers(-3, 3)
    | some.text(max_size=4)
    | some.just([])
    | some.just([{}])
    | some.just({})
)


@settings(max_examples=300, deadline=None)
@given(some.sampled_from(list(CASES.values())), some.data())
def test_no_policy_or_object_however_odd_stops_the_run(case, data):
    every = [policy_of(case), [written(one) for one in case.get("beside", ())], [written(one) for one in case["objects"]]]
    every = yaml.safe_load(yaml.safe_dump(every))
    for _ in range(data.draw(some.integers(1, 3))):
        path = data.draw(some.sampled_from([path for path in places(every) if len(path) > 2]))
        parent = at(every, *path[:-1])
        if parent is not None:
            parent[path[-1]] = deepcopy(data.draw(ANY))
    admitting, beside, objects = ([one for one in some_ if isinstance(one, dict)] for some_ in every)
    for one in found_by(admitting, beside, objects):
        assert one.finding.message
