"""What a chart in the workspace says of the values that a spec gives it, before Helm and without it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import yaml

from generator.pipeline.run import Mode, Request, run
from generator.pipeline.shipped_pods import DEFAULT_PORTS
from generator.verify import kept_charts
from support.paths import ROOT
from support.trees import write_tree
from support.workspace import SPEC, workspace

CASES = yaml.safe_load(Path(__file__).with_name("written_values.yaml").read_text(encoding="utf-8"))
RULES = ("TP314", "TP315", "TP600", "TP601", "TP606")
METADATA = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
TEXT = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: web}}
spec:
  replicas: null
  rollout: null
  chart: {{name: shop, profile: none, path: charts/shop, {chart}}}
  values:
    {values}
  environments: {{dev: {{}}}}
"""
DEV = """\
apiVersion: tiphys/v1
kind: Environment
metadata: {name: dev}
spec:
  argocd: {project: default, destination: {server: https://kubernetes.default.svc, namespace: web}}
  chart: {repository: oci://registry.example.org/charts}
  defaults: {values: {VALUES}}
"""


def lint(tmp_path, files, values, chart="", defaults="") -> list:
    folder = workspace(tmp_path / "w")
    write_tree(folder, {"charts/shop/Chart.yaml": METADATA, **files})
    write_tree(folder, {SPEC: TEXT.format(values=values.strip(), chart=chart)})
    if defaults:
        write_tree(folder, {"environments/dev.yaml": DEV.replace("{VALUES}", f"{{{defaults.strip()}}}")})
    return run(Request(str(folder), Mode.LINT)).diagnostics


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_values_are_held_against_the_chart_where_they_are_written(case, tmp_path):
    given = {key: case[key] for key in ("chart", "defaults") if key in case}
    found = [one for one in lint(tmp_path, case["files"], case["values"], **given) if one.rule in RULES]
    assert [f"{one.span.line}:{one.span.column} {one.rule} {one.message}" for one in found] == case["found"]
    if "hints" in case:
        assert [one.hint for one in found] == case["hints"]


BOMBS = {
    "references that multiply": {
        "definitions": {f"d{n}": {"anyOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 8} for n in range(12)}
        | {"d12": {"type": "null"}},
        "properties": {"size": {"$ref": "#/definitions/d0"}},
    },
    "a reference to itself": {"properties": {"size": {"$ref": "#/properties/size"}}},
    "a pattern that goes back and forth": {"properties": {"size": {"type": "string", "pattern": "^(a+)+$"}}},
    "a pattern of names": {"patternProperties": {"^(s+)+$": {"type": "null"}}, "additionalProperties": False},
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_schema_of_others_keeps_no_run_busy(bomb, tmp_path):
    start = time.process_time()
    lint(tmp_path, {"charts/shop/values.schema.json": json.dumps(BOMBS[bomb])}, f"size: {'a' * 5000}!\n")
    assert time.process_time() - start < 5


SHIPPED = yaml.safe_load(Path(__file__).with_name("shipped_values.yaml").read_text(encoding="utf-8"))
OF_PODS = ("TP601", "TP616", "TP704", "TP706", "TP747", "TP748", "TP749")


@pytest.mark.parametrize("case", SHIPPED, ids=lambda case: case["name"])
def test_what_the_shipped_chart_hands_to_kubernetes_is_checked_where_it_is_written(case, tmp_path):
    folder = workspace(tmp_path / "w")
    text = (
        TEXT.format(values=case["values"], chart="")
        .replace("profile: none, path: charts/shop, ", "")
        .replace("name: shop", "name: service")
    )
    image = 'image: {repository: ghcr.io/acme/web, tag: "1.0.0"}'
    write_tree(folder, {SPEC: text.replace("replicas: null", image)})
    found = [one for one in run(Request(str(folder), Mode.LINT)).diagnostics if one.rule in OF_PODS]
    assert [f"{one.span.line}:{one.span.column} {one.rule} {one.message}" for one in found] == case["found"]


def test_the_ports_that_the_shipped_chart_gives_by_default_are_known():
    values = yaml.safe_load((ROOT / "templates/chart/values.yaml").read_text(encoding="utf-8"))
    assert values["containerPorts"] == DEFAULT_PORTS
    assert values["service"]["enabled"] is True


ADDRESS = "oci://registry.example.org/charts"
KEPT = {
    "Chart.yaml": b"apiVersion: v2\nname: shop\nversion: 1.2.3\n",
    "values.schema.json": b'{"properties": {"size": {"type": "integer"}}}',
}


@pytest.mark.parametrize(
    ("version", "rules"), [("1.2.3", ["TP601"]), ("v1.2.3", ["TP601"]), ("1.2.x", []), ("1.2.4", [])], ids=str
)
def test_a_chart_that_verify_has_fetched_is_at_hand_in_exactly_this_version(version, rules, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kept_charts.keep(KEPT, kept_charts.folder_of(ADDRESS, "shop"), "1.2.3", "shop")
    folder = workspace(tmp_path / "w")
    text = TEXT.format(values="size: big", chart=f'version: "{version}", repository: "{ADDRESS}/"')
    write_tree(folder, {SPEC: text.replace("path: charts/shop, ", "")})
    found = [one.rule for one in run(Request(str(folder), Mode.LINT)).diagnostics if one.rule in RULES]
    assert found == rules
