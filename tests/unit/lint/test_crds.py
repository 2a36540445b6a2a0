"""Custom resources are checked against CRDs that the user has: a field that the API server drops is an error."""

from __future__ import annotations

import pytest

from generator.kubernetes.objects import KubeObject
from generator.lint import crds

SPEC = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "exclusiveMinimum": False, "format": "int32"},
        "port": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
        "mode": {"type": "string", "enum": ["fast", "safe"], "pattern": "(a+)+$"},
        "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {"known": {"type": "string"}}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "items": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "object": {"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"spec": {"type": "object"}}},
    },
}


def crd(schema, **more):
    version = {"name": "v1", "served": True, "schema": {"openAPIV3Schema": schema}}
    names = {"group": "example.com", "names": {"kind": "Queue"}, "versions": [version]}
    return KubeObject({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "spec": {**names, **more}})


def problems(spec):
    from generator.lint.schemas import Schemas

    custom = crds.schemas([crd({"type": "object", "properties": {"spec": SPEC}})])
    queue = {"apiVersion": "example.com/v1", "kind": "Queue", "metadata": {"name": "a"}, "spec": spec}
    found = Schemas("", only_argo=True, custom=custom).problems(KubeObject(queue))
    return None if found is None else sorted(one.message for one in found)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"size": 1, "port": "http", "mode": "safe", "open": {"any": 1}, "labels": {"a": "b"}, "items": [{"name": "a"}]}, []),
        ({"size": 1, "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {}}, "port": 80, "mode": None}, []),
        ({"sise": 1, "size": 1}, ["unknown field `sise` in `spec`"]),
        ({"size": 0}, ["`size` is 0; the minimum is 1"]),
        ({}, ["`spec` needs `size`"]),
        ({"size": 1, "items": [{"nam": "a"}]}, ["unknown field `nam` in `spec.items[0]`"]),
        ({"size": 1, "labels": {"a": 1}}, ["`a` must be a string, not the number 1"]),
        ({"size": 1, "port": []}, ["`port` must be an integer or a string, not a list"]),
    ],
)
def test_what_a_definition_does_not_permit_is_told_at_its_field(spec, said):
    assert problems(spec) == said


@pytest.mark.parametrize(
    "odd",
    [
        crd(None),
        crd("text"),
        crd({"type": "object", "properties": []}),
        crd({"type": "object", "x-kubernetes-preserve-unknown-fields": True}),
        crd({}, versions=None),
        crd({}, versions=["v1", {"name": 1}, {"name": "v1", "schema": []}]),
        crd({}, names=[]),
        crd({}, group=None),
        crd({"properties": {"spec": {"$ref": "http://example.com/", "not": 1, "type": 1, "items": [1], "enum": "a"}}}),
    ],
)
def test_a_definition_however_odd_refuses_nothing(odd):
    from generator.lint.schemas import Schemas

    item = KubeObject({"apiVersion": "example.com/v1", "kind": "Queue", "metadata": {"name": "a"}, "spec": {}})
    assert not Schemas("", only_argo=True, custom=crds.schemas([odd])).problems(item)
