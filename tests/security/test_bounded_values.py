"""A schema of values in a pull request of anyone keeps no run busy, and ends in no traceback."""

from __future__ import annotations

import gc
import json
import resource
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from generator.pipeline.run import Mode, Request, run
from support.trees import write_tree
from support.workspace import SPEC, workspace

METADATA = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
TEXT = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: web}
spec:
  replicas: null
  rollout: null
  chart: {name: shop, profile: none, path: charts/shop, version: 1.0.0}
  values: VALUES
  environments: {dev: {}}
"""
MOST_BYTES = 120_000


@pytest.fixture(autouse=True)
def without_collector():
    """Time what the command takes, which collects nothing: here a collection would look at all that other tests have left."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def draft(name: str, **schema) -> dict:
    address = (
        f"https://json-schema.org/draft/{name}/schema" if name[0] == "2" else f"http://json-schema.org/draft-{name}/schema#"
    )
    return {"$schema": address, **schema}


def of_a(**schema) -> dict:
    return {"properties": {"a": schema}}


def listed(items) -> str:
    return f"{{a: [{','.join(map(str, items))}]}}"


def keyed(count: int, value: object = 1) -> str:
    return f"{{{', '.join(f'k{number}: {value}' for number in range(count))}}}"


def deep(depth: int, leaf: dict) -> dict:
    return leaf if depth == 0 else {"anyOf": [deep(depth - 1, leaf)]}


def grown(depth: int, leaf: object) -> object:
    """Return a schema whose types, each with all that is below it, are the same four times."""
    return leaf if depth == 0 else {"type": ["object"] * 4, "additionalProperties": grown(depth - 1, leaf)}


def addressed(depth: int) -> dict:
    """Return a schema with an address at each level."""
    return {"items": {"$id": "./", **addressed(depth - 1)}} if depth else {}


BASE = "http://a.b/" + "c/" * 16_000
BIG = 2**61 - 1
REFERENCES = {f"d{n}": {"anyOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 8} for n in range(12)} | {"d12": {"type": "null"}}
CHAIN = {f"d{n}": {"$ref": f"#/definitions/d{n + 1}"} for n in range(150)} | {"d150": {"required": ["x"]}}
HOSTILE = {
    "an enum of lists for each value": (
        of_a(type="array", items={"enum": [[n] for n in range(6000)]}),
        listed(f"[a{n}]" for n in range(9000)),
    ),
    "an enum of mappings": (draft("04", **of_a(enum=[{"a": n} for n in range(6000)])), "{a: 1}"),
    "an enum of one long list": (of_a(type="array", items={"enum": [list(range(10_000))]}), listed(range(9000))),
    "an enum of numbers with the same hash": (
        of_a(type="array", items={"enum": [BIG * n for n in range(1500)]}),
        listed(BIG * n for n in range(2500)),
    ),
    "an enum without a type": (of_a(items={"enum": ["x" * 50 + str(n) for n in range(900)]}), listed(range(9000))),
    "a long constant for each value": (of_a(items={"const": list(range(8000))}), listed(range(9000))),
    "a constant for the same long value": (
        of_a(allOf=[{"const": {"x": 1}, "title": str(n)} for n in range(1200)], minLength=1),
        f"{{a: {keyed(3000)}}}",
    ),
    "patterns of keys": (
        {"patternProperties": {f"x{n}z": {} for n in range(4000)}, "additionalProperties": False},
        keyed(4000),
    ),
    "patterns of keys that no key has": ({"patternProperties": {f"(a|b)*{n}$": {} for n in range(2500)}}, keyed(3000)),
    "patterns for one long value": (
        of_a(type="string", allOf=[{"pattern": f"(a|b|ab|aa?){{1,100}}{n}z"} for n in range(150)]),
        '{a: "%s"}' % ("a" * 16_000),
    ),
    "patterns with anchors": (of_a(allOf=[{"pattern": f"\\b(a|b)*\\b{n}$"} for n in range(900)]), '{a: "%s"}' % ("ab " * 6000)),
    "patterns of many states": (of_a(allOf=[{"pattern": f"(a{{900}}){{2}}{n}"} for n in range(1500)]), "{a: aaa}"),
    "patterns that no matcher knows": (of_a(allOf=[{"pattern": f"(?={'a' * 40}{n})"} for n in range(1200)]), "{a: aaa}"),
    "a dialect of a part, with patterns of Python": (
        {"properties": {"a": {"$schema": "http://json-schema.org/draft-04/schema#", "pattern": "^(a|aa)+$"}}},
        '{a: "%s!"}' % ("a" * 60),
    ),
    "a dialect that the schema refers to": (
        draft("07", properties={"a": {"$ref": "#/definitions/a"}}, definitions={"a": draft("06", pattern="^(a|aa)+$")}),
        '{a: "%s!"}' % ("a" * 60),
    ),
    "unique items that cannot be sorted": (
        of_a(type="array", uniqueItems=True),
        listed(f"{{a: {n}}}" for n in range(8000)),
    ),
    "unique items of each level": (of_a(items={"uniqueItems": True}), listed(f"[{n}, {{}}, a, [{n}]]" for n in range(5000))),
    "unique items, many times": (of_a(allOf=[{"uniqueItems": True}] * 3000), listed(range(8000))),
    "required keys that are no texts": (draft("04", required=[{"a": n} for n in range(6000)]), "{a: 1}"),
    "required keys": ({"required": [f"r{n}" for n in range(9000)]}, "{a: 1}"),
    "dependencies that are no texts": (draft("2020-12", dependentRequired={"a": [{"a": n} for n in range(6000)]}), "{a: 1}"),
    "dependencies": ({"dependencies": {f"k{n}": [f"x{m}" for m in range(100)] for n in range(80)}}, keyed(3000)),
    "contained in none": (of_a(contains={"enum": ["x"] * 500}, minItems=1), listed(range(9000))),
    "contained, many times": (of_a(allOf=[{"contains": {"const": n}} for n in range(2500)]), listed(range(5000))),
    "alternatives for each value": (
        of_a(type="array", items={"anyOf": [{"const": n} for n in range(1000)]}),
        listed("x" for _ in range(9000)),
    ),
    "alternatives that quote a long value": (
        of_a(anyOf=[{"minItems": 10**6}] * 2500),
        listed(range(12_000)),
    ),
    "alternatives that nothing fits": (of_a(anyOf=[False] * 8000), listed(range(12_000))),
    "exactly one of many": (of_a(items={"oneOf": [{"type": "string"}] * 2000}), listed("x" for _ in range(9000))),
    "alternatives in alternatives": (of_a(items=deep(60, {"required": ["x"], "enum": [1]})), listed("{}" for _ in range(9000))),
    "all of many for each value": (of_a(items={"allOf": [{}] * 9000}), listed(range(9000))),
    "not, for each value": (of_a(items={"not": {"not": {"enum": ["x" * 9000]}}}), listed(range(9000))),
    "conditions": (
        of_a(items={"if": {"enum": ["x"] * 3000}, "then": False, "else": {"const": "x" * 9000}}),
        listed(range(9000)),
    ),
    "unknown keywords for each value": (of_a(items={f"x{n}": 1 for n in range(6000)} | {"minLength": 1}), listed(range(9000))),
    "unknown keywords alone": (of_a(items={f"y{n}": 1 for n in range(6000)}), listed(range(9000))),
    "references that multiply": ({"definitions": REFERENCES, "properties": {"a": {"$ref": "#/definitions/d0"}}}, "{a: 1}"),
    "a chain of references for each value": (
        {"definitions": CHAIN, "properties": {"a": {"items": {"$ref": "#/definitions/d0"}}}},
        listed("{}" for _ in range(9000)),
    ),
    "a long reference for each value": (
        {"properties": {"a": {"items": {"$ref": "#" + "/x" * 20_000}}}, "x": {}},
        listed(range(9000)),
    ),
    "anchors": (
        draft("2020-12", **of_a(items={"allOf": [{"$ref": "#it"}] * 300}))
        | {"$defs": {"it": {"$anchor": "it", "minLength": 2}, **{f"x{n}": {"type": "object"} for n in range(1500)}}},
        listed(range(9000)),
    ),
    "an address of its own for each value": (
        draft("07", **of_a(items={"$id": "../" * 12_000, "type": "integer"})) | {"$id": BASE},
        listed(range(5000)),
    ),
    "an address of its own for each value, as in draft 4": (
        draft("04", **of_a(items={"id": "../" * 12_000, "type": "integer"})) | {"id": BASE},
        listed(range(5000)),
    ),
    "an address of its own, relative to a parent's": (
        draft("2019-09", **of_a(items={"$id": "d/" * 10_000, "items": {"$id": "./" * 10_000}})) | {"$id": BASE[:20_000]},
        listed("[1]" for _ in range(5000)),
    ),
    "a reference to an address for each value": (
        draft("07", **of_a(items={"$ref": "./" * 10_000 + "x"}))
        | {"$id": BASE, "definitions": {"x": {"$id": "x", "type": "null"}}},
        listed(range(5000)),
    ),
    "a reference through parts with addresses": (
        draft("2020-12", **of_a(items={"$ref": "#" + "/items" * 40})) | {"$id": BASE} | addressed(45),
        listed(range(5000)),
    ),
    "a long address that many parts have a part of": (
        draft("07", definitions={f"x{n}": {"$id": f"{n}"} for n in range(2500)}) | {"$id": BASE},
        "{a: 1}",
    ),
    "the same type many times": (of_a(**grown(14, {"enum": [1, 2]})), "{a: {b: {c: 1}}}"),
    "names of keys": ({"propertyNames": {"allOf": [{"pattern": f"x{n}"} for n in range(2000)]}}, keyed(5000)),
    "keys that no schema has": ({"additionalProperties": False}, keyed(8000)),
    "values of the wrong type": ({"additionalProperties": {"type": "string"}}, keyed(8000)),
    "values of the wrong type in alternatives": (
        {"additionalProperties": {"anyOf": [{"type": "string"}, {"enum": list(range(2000, 2900))}]}},
        keyed(8000),
    ),
}


def lint(folder, files, values: str = "{a: 1}") -> list:
    write_tree(workspace(folder), {"charts/shop/Chart.yaml": METADATA, SPEC: TEXT.replace("VALUES", values), **files})
    # As deep in a stack of its own as in the command: where Python gets a new piece of stack just there, calls take ten
    # times as long.
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(run, Request(str(folder), Mode.LINT)).result().diagnostics


@pytest.mark.parametrize("name", HOSTILE)
def test_no_schema_of_values_takes_more_than_a_moment(name, tmp_path):
    schema, values = HOSTILE[name]
    text = json.dumps(schema, separators=(",", ":"))
    assert len(text) + len(values) <= MOST_BYTES
    start = time.process_time()
    found = lint(tmp_path / "w", {"charts/shop/values.schema.json": text}, values)
    assert time.process_time() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1024 * 1024
    assert sum(one.rule == "TP316" for one in found) <= 1


def chart(name: str, inner: str = "") -> str:
    return f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n" + (f"dependencies: [{inner}]\n" if inner else "")


def many_names(name: str, count: int, repository: str = "") -> str:
    """Return dependencies on one chart by many names."""
    return ", ".join(
        f"{{name: {name}, alias: x{number}, version: 1.0.0, repository: '{repository}'}}" for number in range(count)
    )


LONG = "".join(f"k{number}: {{a: {number}}}\n" for number in range(2000))
OF_CHARTS = {
    "charts in charts by many names": {
        f"charts/shop{below}/{file}": text
        for below, name, inner in (
            ("", "shop", "a"),
            ("/charts/a", "a", "b"),
            ("/charts/a/charts/b", "b", "c"),
            ("/charts/a/charts/b/charts/c", "c", "d"),
            ("/charts/a/charts/b/charts/c/charts/d", "d", ""),
        )
        for file, text in {
            "Chart.yaml": chart(name, many_names(inner, 30) if inner else ""),
            "values.schema.json": '{"properties": {"a": {"type": "string"}}}',
            "values.yaml": "a: 1\n",
        }.items()
    },
    "one chart beside by many names": {
        "charts/shop/Chart.yaml": chart("shop", many_names("b", 1000, "file://../b")),
        "charts/b/Chart.yaml": chart("b"),
        "charts/b/values.yaml": LONG,
    },
    "one chart beside by many addresses": {
        "charts/shop/Chart.yaml": chart("shop", ", ".join(many_names("b", 1, f"file://{'./' * n}../b") for n in range(200))),
        "charts/b/Chart.yaml": chart("b"),
        "charts/b/values.yaml": LONG,
    },
    "a chart that depends on itself": {
        "charts/shop/Chart.yaml": chart("shop", many_names("shop", 300, "file://.")),
        "charts/shop/values.yaml": LONG,
        "charts/shop/values.schema.json": '{"additionalProperties": {"type": "string"}}',
    },
}


@pytest.mark.parametrize("name", OF_CHARTS)
def test_no_dependencies_of_a_chart_keep_a_run_busy(name, tmp_path):
    assert sum(map(len, OF_CHARTS[name].values())) <= MOST_BYTES
    start = time.process_time()
    lint(tmp_path / "w", OF_CHARTS[name])
    assert time.process_time() - start < 5


def test_the_schemas_of_many_charts_take_no_more_than_that_of_one(tmp_path):
    bomb = json.dumps({"definitions": REFERENCES, "properties": {"a": {"$ref": "#/definitions/d0"}}})
    files = {}
    for number in range(60):
        name = f"shop{number}"
        files[f"charts/{name}/Chart.yaml"] = chart(name)
        files[f"charts/{name}/values.schema.json"] = bomb
        spec = TEXT.replace("{name: shop,", f"{{name: {name},").replace("charts/shop", f"charts/{name}")
        spec = spec.replace("{name: web}", f"{{name: web{number}}}").replace("VALUES", "{a: 1}")
        files[f"services/web{number}/pipeline.yaml"] = spec
    start = time.process_time()
    found = [one for one in lint(tmp_path / "w", files) if one.rule == "TP316"]
    assert time.process_time() - start < 5
    assert 2 <= len(found) < 20, "one for each chart that takes too much, and one for all after the end of the budget"
    assert sum("the charts of this run" in one.message for one in found) == 1


def test_a_chart_that_takes_too_much_leaves_the_others_checked(tmp_path):
    files = {
        "charts/other/Chart.yaml": chart("other"),
        "charts/other/values.schema.json": '{"properties": {"a": {"type": "string"}}}',
        "charts/shop/values.schema.json": json.dumps(
            {"definitions": REFERENCES, "properties": {"a": {"$ref": "#/definitions/d0"}}}
        ),
        "services/z/pipeline.yaml": TEXT.replace("VALUES", "{a: 1}")
        .replace("{name: shop,", "{name: other,")
        .replace("charts/shop", "charts/other")
        .replace("{name: web}", "{name: z}"),
    }
    found = {(one.rule, one.path, one.message) for one in lint(tmp_path / "w", files) if one.rule in ("TP316", "TP601")}
    unchecked = "not all values are checked, as the chart in charts/shop takes too much work"
    wrong = "the chart rejects `a`: must be a string, not a number"
    assert found == {("TP316", SPEC, unchecked), ("TP601", "services/z/pipeline.yaml", wrong)}


def test_of_thousands_of_values_that_a_chart_refuses_the_first_are_shown_and_it_is_said_that_there_are_more(tmp_path):
    found = lint(tmp_path / "w", {"charts/shop/values.schema.json": '{"additionalProperties": false}'}, keyed(900))
    assert sum(one.rule == "TP601" for one in found) == 500
    assert [one.message for one in found if one.rule == "TP316"] == [
        "the chart in charts/shop refuses more than 500 values; the others are not shown"
    ]


ORDINARY = {
    "properties": {"a": {"type": "array", "uniqueItems": True, "items": {"enum": list(range(300))}}, "b": {"pattern": "^x+$"}},
    "patternProperties": {f"^k{number}": {"type": ["integer", "null"]} for number in range(40)},
    "additionalProperties": False,
}


def test_an_ordinary_schema_with_hundreds_of_values_is_checked_to_the_end(tmp_path):
    values = f"{{a: [{', '.join(map(str, range(300)))}], b: yyy, {keyed(400)[1:-1]}}}"
    found = lint(tmp_path / "w", {"charts/shop/values.schema.json": json.dumps(ORDINARY)}, values)
    assert [one.message for one in found if one.rule in ("TP316", "TP601")] == [
        "the chart rejects `b`: does not match the pattern ^x+$"
    ]


def test_an_ordinary_schema_with_an_address_at_each_part_is_checked_to_the_end(tmp_path):
    """Some generators of schemas write these."""
    base = "https://schemas.example.com/charts/shop/values.schema.json"
    parts = {f"k{n}": {"$id": f"/properties/k{n}", "$ref": "#/definitions/size"} for n in range(300)}
    parts |= {f"m{n}": {"$id": f"{base}/properties/m{n}", "type": "integer"} for n in range(300)}
    parts |= {"b": {"$id": "/properties/b", "pattern": "^x+$"}}
    schema = draft("07", properties=parts, definitions={"size": {"$id": "#/definitions/size", "type": "integer"}}) | {
        "$id": base
    }
    values = f"{{b: yyy, {keyed(300)[1:-1]}, {keyed(300).replace('k', 'm')[1:-1]}}}"
    found = lint(tmp_path / "w", {"charts/shop/values.schema.json": json.dumps(schema)}, values)
    assert [one.message for one in found if one.rule in ("TP316", "TP601")] == [
        "the chart rejects `b`: does not match the pattern ^x+$"
    ]


def test_what_a_chart_leaves_unchecked_is_told_at_the_same_place_whatever_process_finds_it(tmp_path):
    bomb = json.dumps({"definitions": REFERENCES, "properties": {"a": {"$ref": "#/definitions/d0"}}})
    files = {"charts/shop/values.schema.json": bomb}
    for number in range(130):  # more than one process takes
        spec = TEXT.replace("{name: web}", f"{{name: w{number:03}}}").replace("VALUES", "{a: 1}")
        files[f"services/w{number:03}/pipeline.yaml"] = spec
    found = [one for one in lint(tmp_path / "w", files, "{}") if one.rule == "TP316"]
    assert [one.path for one in found if "the charts of this run" not in one.message] == ["services/w000/pipeline.yaml"]
    assert sum("the charts of this run" in one.message for one in found) == 1
