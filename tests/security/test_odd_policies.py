"""A policy, binding or parameter of any shape gets a report: a value of the wrong type never ends a run in a traceback."""

from __future__ import annotations

from copy import deepcopy

import pytest
import yaml

from generator.kubernetes.objects import KubeObject, Objects, at
from generator.lint.engine import dispatch, examine
from generator.lint.users import MOST_TOGETHER
from generator.pipeline.policies import Policies
from generator.syntax.budget import Budget

WHOLE = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: p, labels: {a: b}, annotations: {c: d}}
spec:
  paramKind: {apiVersion: v1, kind: ConfigMap}
  failurePolicy: Fail
  matchConstraints:
    matchPolicy: Equivalent
    objectSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: In, values: [b]}]}
    namespaceSelector: {matchLabels: {e: f}, matchExpressions: [{key: e, operator: NotIn, values: [g]}]}
    resourceRules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps], scope: Namespaced, resourceNames: [a]}
    excludeResourceRules:
      - {apiGroups: [apps], apiVersions: [v1], operations: ["*"], resources: ["*/*"], scope: "*", resourceNames: [b]}
  matchConditions: [{name: c, expression: "true"}]
  variables: [{name: v, expression: object.data}]
  auditAnnotations: [{key: k, valueExpression: "'a'"}]
  validations:
    - {expression: variables.v == params.data, message: m, messageExpression: "'a' + 'b'", reason: Invalid}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: b}
spec:
  policyName: p
  validationActions: [Deny, Audit]
  paramRef: {name: limits, namespace: n, parameterNotFoundAction: Deny, selector: {matchLabels: {a: b}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: limits, namespace: n, labels: {a: b}}
data: {x: y}
---
apiVersion: v1
kind: Namespace
metadata: {name: n, labels: {e: f}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: n, labels: {a: b}}
data: {x: z}
"""
ODD = {
    "null": None,
    "true": True,
    "an integer": 3,
    "a huge integer": 10**400,
    "a float": -1.5,
    "no number": float("nan"),
    "an empty text": "",
    "a text": "x",
    "no list": [],
    "a list": [1],
    "a list of lists": [[1], [[]]],
    "a list of maps": [{"a": [1]}, {}],
    "a list of odd things": [None, True, 2.5, {"1": 2}, ["x"]],
    "no map": {},
    "a map": {"a": 1},
    "a map with odd keys": {"": 2, "1": [3], "*": {}, "a.b/c": None},
    "a map of maps": {"name": {"name": []}, "apiVersion": {}, "kind": []},
}


def places(node, path=()):
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


DOCUMENTS = list(yaml.safe_load_all(WHOLE))


def written():
    """Return all documents, the binding with constraints of its own; the reader makes all keys texts."""
    found = deepcopy(DOCUMENTS)
    found[1]["spec"]["matchResources"] = deepcopy(found[0]["spec"]["matchConstraints"])
    return found


PLACES = [path for path in places(written()) if len(path) > 1]


def changed(*paths, to):
    """Return all documents with an odd value at some places."""
    found = written()
    for path in paths:
        at(found, *path[:-1])[path[-1]] = deepcopy(to)
    return found


def reported(documents):
    """Return what a run says of documents, policies and objects alike."""
    items = [KubeObject(one) for one in documents if isinstance(one, dict)]
    found = Policies([items], items[:1], Budget(MOST_TOGETHER)).of(items)
    return [one.finding.message for one in examine(Objects(items), dispatch(found.rules))]


def test_the_documents_that_are_changed_reach_every_part_of_a_policy():
    assert reported(written()) == ["p: ab"]
    assert len(PLACES) > 100


@pytest.mark.parametrize("odd", ODD)
def test_no_value_of_a_wrong_type_in_any_field_stops_a_run(odd):
    for path in PLACES:
        assert all(isinstance(said, str) for said in reported(changed(path, to=ODD[odd]))), path


@pytest.mark.parametrize("odd", ODD)
def test_no_value_of_a_wrong_type_stops_a_run_where_parameters_are_found_by_a_selector(odd):
    for path in [path for path in PLACES if "paramRef" in path or path[0] == 2]:
        found = changed(path, to=ODD[odd])
        reference = at(found, 1, "spec", "paramRef")
        if isinstance(reference, dict):
            reference.pop("name", None)
        assert all(isinstance(said, str) for said in reported(found)), path


@pytest.mark.parametrize("odd", ODD)
def test_two_odd_values_that_meet_stop_no_run(odd):
    """Both sides of a comparison, such as the label of an object and what a selector asks for, are of the wrong type."""
    pairs = [
        ((0, "spec", "paramKind", "kind"), (2, "kind")),
        ((0, "spec", "paramKind", "apiVersion"), (2, "apiVersion")),
        ((1, "spec", "paramRef", "name"), (2, "metadata", "name")),
        ((1, "spec", "paramRef", "namespace"), (4, "metadata", "namespace")),
        ((1, "spec", "policyName"), (0, "metadata", "name")),
        ((0, "spec", "matchConstraints", "objectSelector", "matchLabels", "a"), (4, "metadata", "labels", "a")),
        ((0, "spec", "matchConstraints", "objectSelector", "matchExpressions", 0, "values"), (4, "metadata", "labels", "a")),
        ((0, "spec", "matchConstraints", "objectSelector", "matchExpressions", 0, "key"), (4, "metadata", "labels")),
        ((0, "spec", "matchConstraints", "resourceRules", 0, "resourceNames"), (4, "metadata", "name")),
        ((0, "spec", "variables", 0, "name"), (0, "spec", "validations", 0, "message")),
    ]
    for one, other in pairs:
        assert all(isinstance(said, str) for said in reported(changed(one, other, to=ODD[odd]))), (one, other)


@pytest.mark.parametrize(
    "spec",
    [
        "paramKind: {apiVersion: [1], kind: {}}",
        "paramKind: {apiVersion: {a: b}, kind: ConfigMap}",
        "paramKind: [{apiVersion: v1}]",
        "variables: [{name: [1], expression: {a: b}}]",
        "matchConstraints: {resourceRules: [{resources: {a: b}, apiGroups: [[1]]}]}",
        "validations: {a: b}",
    ],
)
def test_a_command_reports_a_policy_of_odd_types_at_its_line(tiphys, tmp_path, spec):
    policy = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: p}\nspec:\n  "
    binding = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: p}\n"
    bound = f"{binding}spec: {{policyName: p, validationActions: [Deny], paramRef: {{name: [1], namespace: {{a: b}}}}}}\n"
    (tmp_path / "all.yaml").write_text(
        f"{policy}{spec}\n---\n{bound}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n"
    )
    done = tiphys("lint", "--manifests", ".", "--format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "all.yaml:5:" in done.stdout
