"""Objects of well-known operators are checked without a cluster; what may only be newer is no error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from generator.diagnostics import Severity
from generator.kubernetes.objects import KubeObject
from generator.lint import crds, operators
from generator.lint.schema_rules import OPERATOR, rule_of
from generator.lint.schemas import Schemas
from generator.syntax import shipped
from generator.syntax.schema.accept import Acceptor

CASES = yaml.safe_load(Path(__file__).with_name("operators.yaml").read_text(encoding="utf-8"))
FILES = sorted(Path(shipped.path("schemas", "operators")).glob("*/*.json"))


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_a_slip_in_an_object_of_an_operator_is_found_before_the_cluster_drops_it(case):
    item = KubeObject(case["object"])
    found = Schemas("", only_argo=True).problems(item)
    said = None if found is None else sorted(_said(item, one) for one in found)
    assert said == case.get("found", [])


def _said(item, one):
    rule, severity = rule_of(item, one)
    assert rule == OPERATOR
    return f"warning: {one.message}" if severity is Severity.WARNING else one.message


def test_definitions_of_the_cluster_come_before_those_that_ship():
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"hostname": {"type": "string"}}}}}
    version = {"name": "v1", "schema": {"openAPIV3Schema": schema}}
    own = {"group": "gateway.networking.k8s.io", "names": {"kind": "HTTPRoute"}, "versions": [version]}
    custom = crds.schemas([KubeObject({"kind": "CustomResourceDefinition", "spec": own})])
    schemas = Schemas("", only_argo=True, custom=custom)
    route = {"kind": "HTTPRoute", "metadata": {"name": "a"}, "spec": {"hostname": "a"}}
    assert schemas.problems(KubeObject({"apiVersion": "gateway.networking.k8s.io/v1", **route})) == []
    assert schemas.problems(KubeObject({"apiVersion": "gateway.networking.k8s.io/v1beta1", **route})) is None


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in FILES])
def test_a_schema_that_ships_needs_no_library_for_objects_that_are_right(path):
    for version, schema in json.loads(path.read_text(encoding="utf-8")).items():
        if isinstance(schema, dict):
            needed = {"spec": {}} if "spec" in schema.get("required", ()) else {}
            Acceptor({"it": schema}, {}).accepts("it", needed)  # raises UnknownKeywordError for what it does not know
        else:
            assert schema in json.loads(path.read_text(encoding="utf-8")), f"{version} stands for a version that is missing"


def test_each_release_is_named_with_its_licence():
    notice = shipped.read("schemas", "operators", "NOTICE").decode()
    groups = {path.parent.name for path in FILES}
    releases = json.loads(shipped.read("schemas", "operators", "releases.json"))
    assert groups == releases.keys()
    assert all(f"\n{release} (" in notice for release in set(releases.values()))
    kinds = {group: KubeObject({"apiVersion": f"{group}/v1", "kind": "Any"}) for group in groups}
    assert {operators.release_of(item) for item in kinds.values()} == set(releases.values())
