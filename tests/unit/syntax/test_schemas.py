"""Schemas complete and check what people write, and know every field of the real ones."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft7Validator

from support.paths import ROOT

SCHEMAS = sorted((ROOT / "schemas").glob("*.schema.json"))
CRDS = ROOT / "schemas" / "crds"


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
