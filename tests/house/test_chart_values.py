"""The values of the shipped chart, their schema and their table say the same."""

from __future__ import annotations

import json

import yaml
from jsonschema import Draft7Validator

from support.paths import ROOT
from tools import chart_readme

CHART = ROOT / "templates" / "chart"


def test_the_table_of_values_is_fresh():
    schema = json.loads((CHART / "values.schema.json").read_text())
    text = (CHART / "README.md").read_text()
    assert chart_readme.with_table(text, schema) == text, "run: python -m tools.chart_readme"


def test_values_and_schema_agree_and_every_value_is_described():
    schema = json.loads((CHART / "values.schema.json").read_text())
    Draft7Validator.check_schema(schema)
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert defaults(schema) == values
    for where, node in described(schema):
        assert node.get("description"), where


def test_every_part_of_the_schema_is_closed():
    for where, node in described(json.loads((CHART / "values.schema.json").read_text())):
        if "properties" in node and where != "values.rollout.strategy":
            assert node.get("additionalProperties") is False or where.endswith("extraPorts[]"), where


def defaults(node):
    if "$ref" in node:
        return None
    if "default" in node:
        return node["default"]
    if node.get("additionalProperties") is False:
        found = {name: defaults(part) for name, part in node["properties"].items()}
        return {name: value for name, value in found.items() if value is not None}
    return None


def described(node, where="values"):
    yield where, node
    for name, part in node.get("properties", {}).items():
        yield from described(part, f"{where}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield from described(node[key], f"{where}[]")
