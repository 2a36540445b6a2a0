"""Whatever Helm refuses in the values of a chart, by its schema, is told before Helm, at the same place, in the same words."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from generator.pipeline.run import Mode, Request, run
from generator.system import helm as helms
from generator.verify.cache import NOTHING
from generator.verify.charts import Charts
from generator.verify.renderings import Renderings
from generator.verify.run import verify
from support.paths import ROOT
from support.trees import write_tree
from support.workspace import SPEC, workspace

HERE = Path(__file__).with_name("verify")
SCHEMA = json.loads((ROOT / "templates/chart/values.schema.json").read_text(encoding="utf-8"))
OF_THE_SPEC = ("image", "images", "replicaCount", "autoscaling", "rollout", "fullnameOverride", "workload", "global")
"""What the spec has fields for, or what has no schema."""
WRONG = {
    "a list": [[]],
    "a mapping": {"x-y": {"z": 1}},
    "a text": "No Such Value!",
    "a number": -7.5,
    "true": True,
    "many": [1, 1],
    "empty": "",
}


def told(folder: Path, helm: str) -> tuple[set, set]:
    """Return what lint says of values in a workspace, and what Helm says."""
    lint = run(Request(str(folder), Mode.LINT)).diagnostics
    charts = partial(Charts, str(folder), offline=True)
    with Renderings(lambda: helms.find(helm), charts, NOTHING) as renderings:
        run(Request(str(folder), Mode.LINT, on_built=renderings.begin, holds_values=False))
        found = verify(str(folder), renderings, lambda _done, _total: None).diagnostics
    names = {(one.path, one.span) for one in lint if one.rule == "TP403"}  # told in the words of the spec
    return tuple(
        {
            (one.path, one.span, one.rule, one.message, one.hint)
            for one in group
            if by_schema(one) and (one.path, one.span) not in names
        }
        for group in (lint, found)
    )


def by_schema(one) -> bool:
    return one.rule == "TP601" and one.message.startswith(("the chart rejects", "the chart has no value"))


def resolved(node):
    while "$ref" in node:
        found = SCHEMA
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def with_a_fault(node, wrong, depth=0):
    """Return values for a schema in which every place that does not allow something has it."""
    node = resolved(node)
    if node.get("type") == "object" and depth < 4:
        made = {
            key: with_a_fault(inner, wrong, depth + 1)
            for key, inner in node.get("properties", {}).items()
            if depth or key not in OF_THE_SPEC
        }
        if isinstance(node.get("additionalProperties"), dict):
            made["one"] = with_a_fault(node["additionalProperties"], wrong, depth + 1)
        return {**made, "no-such-key": 1} if made else wrong
    if node.get("type") == "array" and "items" in node and depth < 4:
        return [with_a_fault(node["items"], wrong, depth + 1)]
    return wrong


@pytest.mark.both_helms
@pytest.mark.parametrize("kind", WRONG)
def test_a_value_of_the_shipped_chart_that_no_helm_takes_does_not_wait_for_verify(kind, helm, tmp_path):
    folder = workspace(tmp_path / "w")
    values = with_a_fault(SCHEMA, WRONG[kind])
    spec = {"image": {"repository": "ghcr.io/acme/web"}, "rollout": None, "values": values}
    spec["environments"] = {"dev": {"image": {"tag": "v1"}}}
    data = {"apiVersion": "tiphys/v1", "kind": "Pipeline", "metadata": {"name": "web"}, "spec": spec}
    write_tree(folder, {SPEC: json.dumps(data, indent=1)})
    lint, found = told(folder, helm)
    assert len(found) > 50
    assert lint == found


@pytest.mark.parametrize("case", sorted(path.name for path in HERE.iterdir()))
def test_what_verify_finds_in_values_by_a_schema_lint_finds_too(case, helm, tmp_path):
    folder = workspace(tmp_path / "w", HERE / case)
    lint, found = told(folder, helm)
    assert found <= lint
