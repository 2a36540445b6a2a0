"""Whatever a chart has for a schema of its values, no command and no request of an editor ends in a traceback."""

from __future__ import annotations

import json
import resource
import time
from itertools import cycle

import pytest

from generator.editor.chart_schema import with_values
from generator.editor.completion import proposals
from generator.editor.cursor import Cursor, Wanted
from generator.editor.hover import about_shape
from generator.editor.shapes import Shapes
from generator.pipeline.run import Mode, Request, run
from generator.syntax.budget import SpentError
from generator.syntax.schema.costs import ChartBudget
from generator.syntax.schema.errors import schema
from generator.verify.chart_at_hand import ChartAtHand
from generator.verify.chart_files import of_files
from support.trees import write_tree
from support.workspace import SPEC, workspace

KEYWORDS = [
    "$schema",
    "$id",
    "id",
    "$anchor",
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "$dynamicAnchor",
    "$recursiveAnchor",
    "$defs",
    "definitions",
    "$comment",
    "$vocabulary",
    "type",
    "enum",
    "const",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "required",
    "minProperties",
    "maxProperties",
    "items",
    "additionalItems",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "unevaluatedItems",
    "unevaluatedProperties",
    "pattern",
    "minLength",
    "maxLength",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "extends",
    "disallow",
    "divisibleBy",
    "x-required",
    "x-problem",
    "x",
]
ODD = [
    *(None, True, False, 0, 5, -1, 2.5, 1e400, float("nan"), 10**400, 1e-320),
    *("", "x", "#", "#/", "#a", "#/properties/a", "#/enum/0", "#/odd", "#/odd/0", "#/%", "(", "^(a", "object", "\U0001f600"),
    *([], [1], ["x", "x"], [[]], [{}], [{"a": 1}], [None], ["string", 5], [True, False]),
    *({}, {"a": 5}, {"a": []}, {"a": ["x", 5]}, {"a": None}, {"a": {"a": 5}}, {"(": {}}, {"$ref": 5}, {"$ref": "#"}),
    *({"a": {"$ref": "#"}}, {"a": {"type": [{}]}}, {"": {"$ref": "#/odd"}}),
]
DRAFTS = ("http://json-schema.org/draft-04/schema#", "", "https://json-schema.org/draft/2020-12/schema")
VALUES = "a: {b: 1, a: {c: [1, x]}}\nb: [1, 1, {a: 2}]\nx: text\nn: 3.5\n"
GIVEN = {"a": {"a": 5}, "b": ["x", None], "x": 3, "q": {"x": 1}}
DOCUMENT = {
    "properties": {"values": {"type": ["object", "null"], "additionalProperties": True, "description": "Values."}},
    "definitions": {},
}


def chart_of(text: str, values: str = VALUES) -> ChartAtHand:
    files = {"Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n", "values.yaml": values, "values.schema.json": text}
    return ChartAtHand(
        of_files({path: content.encode() for path, content in files.items()}), "charts/shop", ("chart",), ChartBudget()
    )


def looked_at(chart: ChartAtHand) -> None:
    """Ask everything of a chart that lint and an editor ask."""
    try:
        if chart.schema is not None and not chart.schema.accepts(GIVEN):
            chart.schema.faults({**chart.base, **GIVEN})
    except SpentError:
        pass
    list(chart.known.unknown(GIVEN))
    for path in (("a",), ("a", "a"), ("b",), ("x", "y")):
        chart.known.describes(path)
        chart.known.keys(path)
    shapes = Shapes(json.loads(json.dumps(with_values(DOCUMENT, chart))))
    for pointer in (("values",), ("values", "a"), ("values", "a", "a"), ("values", "b"), ("values", "b", 0), ("values", "x")):
        shape = shapes.at(pointer)
        if shape is not None:
            about_shape("a", shape)
        proposals(Cursor(Wanted.EITHER, pointer, 1, 1, 1), "pipeline", shapes, {}, ())


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_no_keyword_with_a_value_of_any_type_ends_in_a_traceback(keyword):
    drafts = cycle(DRAFTS)
    for odd in ODD:
        part = {keyword: odd}
        for whole in (
            part,
            {"properties": {"a": part, "b": {"items": part}}, "odd": odd},
            {"properties": {"a": {"$ref": "#/odd"}, "x": {"allOf": [{"$ref": "#/odd"}, part]}}, "odd": part},
            {"anyOf": [part, {"type": "object", keyword: odd}], "odd": [odd]},
        ):
            draft = next(drafts)
            looked_at(chart_of(json.dumps({**({"$schema": draft} if draft else {}), **whole})))


CHAIN = {f"d{n}": {"properties": {"x": {"$ref": f"#/definitions/d{n + 1}"}}} for n in range(900)}
STRAIGHT = {f"d{n}": {"$ref": f"#/definitions/d{n + 1}"} for n in range(900)}
ROUND = {"a": {"allOf": [{"$ref": "#/definitions/b"}]}, "b": {"allOf": [{"$ref": "#/definitions/a"}, {"$ref": "#"}]}}
TWICE = {f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}, {"$ref": f"#/definitions/d{n + 1}"}]} for n in range(60)}
CONNECTED = {
    "properties that are a number": {"properties": 5},
    "a number in properties": {"properties": {"a": {"properties": 5}}},
    "a chain of fields": {"properties": {"a": {"$ref": "#/definitions/d0"}}, "definitions": CHAIN},
    "a chain of references": {"properties": {"a": {"$ref": "#/definitions/d0"}}, "definitions": STRAIGHT},
    "a circle": {"$ref": "#/definitions/a", "properties": {"a": {"$ref": "#/definitions/a"}}, "definitions": ROUND},
    "itself": {"$ref": "#", "properties": {"a": {"$ref": "#/properties/a"}}, "allOf": [{"$ref": "#"}]},
    "twice the next": {"properties": {"a": {"$ref": "#/definitions/d0"}}, "definitions": TWICE},
    "a reference to a text": {"properties": {"a": {"$ref": "#/definitions/d0"}}, "definitions": {"d0": "text"}},
    "names that look alike": {
        "properties": {"a": {"$ref": "#/definitions/p.q"}, "b": {"$ref": "#/definitions/p/q"}},
        "definitions": {"p.q": {"type": "string"}, "p": {"q": {"type": "array"}}},
    },
}
TEXT = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: web}
spec:
  replicas: null
  rollout: null
  chart: {name: shop, profile: none, path: charts/shop, version: 1.0.0}
  values: {a: {b: 1}}
  environments: {dev: {}}
"""


def tree(folder, text: str, values: str = VALUES):
    files = {
        "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "charts/shop/values.schema.json": text,
        "charts/shop/values.yaml": values,
        SPEC: TEXT,
    }
    return write_tree(workspace(folder), files)


@pytest.mark.parametrize("name", CONNECTED)
def test_no_references_of_a_schema_end_in_a_traceback(name, tmp_path):
    text = json.dumps(CONNECTED[name])
    start = time.process_time()
    looked_at(chart_of(text))
    tree(tmp_path / "w", text)
    run(Request(str(tmp_path / "w"), Mode.LINT))
    assert time.process_time() - start < 5


def test_definitions_whose_names_look_alike_are_not_taken_for_one_another():
    shapes = Shapes(with_values(DOCUMENT, chart_of(json.dumps(CONNECTED["names that look alike"]), "{}\n")))
    kinds = [(shapes.at(("values", key)) or {}).get("type") for key in ("a", "b")]
    assert kinds == [["string", "null"], ["array", "null"]]


@pytest.mark.parametrize("name", ["properties that are a number", "a chain of fields", "a chain of references", "a circle"])
def test_the_schema_of_a_service_is_printed_for_any_schema_of_its_chart(name, tiphys, tmp_path):
    tree(tmp_path / "w", json.dumps(CONNECTED[name]))
    done = tiphys("schema", "--service", "web", cwd=tmp_path / "w")
    assert (done.returncode, done.stderr) == (0, "")
    assert "values" in json.loads(done.stdout)["definitions"]


def fields(count: int, of: str = "p") -> dict:
    return {f"{of}{number}": {"type": "string"} for number in range(count)}


def keys(count: int) -> str:
    return "".join(f"k{number}: {{a: 1}}\n" for number in range(count))


SHARED = {
    "many keys of one definition": (
        {
            "properties": {f"k{n}": {"$ref": "#/definitions/b"} for n in range(1000)},
            "definitions": {"b": {"properties": fields(1500)}},
        },
        keys(1000),
    ),
    "any key of one definition": (
        {"additionalProperties": {"$ref": "#/definitions/b"}, "definitions": {"b": {"properties": fields(2500)}}},
        keys(2500),
    ),
    "definitions of definitions": (
        {
            "properties": {f"k{n}": {"$ref": "#/definitions/d0"} for n in range(500)},
            "definitions": {
                f"d{n}": {"properties": {"a": {"$ref": f"#/definitions/d{n + 1}"}, "b": {"$ref": f"#/definitions/d{n + 1}"}}}
                for n in range(400)
            },
        },
        "".join(f"k{n}: {{a: {{b: {{a: {{b: 1}}}}}}}}\n" for n in range(500)),
    ),
    "definitions that share one": (
        {"properties": {f"k{n}": {"$ref": f"#/definitions/b{n % 9}"} for n in range(900)}}
        | {
            "definitions": {f"b{n}": {"allOf": [{"$ref": "#/definitions/c"}]} for n in range(9)}
            | {"c": {"properties": fields(1200)}}
        },
        keys(900),
    ),
    "combined parts": (
        {"properties": {f"k{n}": {"allOf": [{"$ref": "#/definitions/b"}] * 20} for n in range(120)}}
        | {"definitions": {"b": {"properties": fields(800)}}},
        keys(120),
    ),
}


@pytest.mark.parametrize("name", SHARED)
def test_the_schema_of_a_service_grows_no_more_than_what_it_is_made_of(name):
    described, values = SHARED[name]
    text = json.dumps(described, separators=(",", ":"))
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    chart = chart_of(text, values)
    printed = json.dumps(with_values(schema("pipeline"), chart))
    looked_at(chart)
    assert time.process_time() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
    assert len(printed) < 1_000_000


def test_a_key_that_shares_a_definition_keeps_its_own_default_and_comment():
    described = {
        "properties": {"one": {"$ref": "#/definitions/b"}, "two": {"$ref": "#/definitions/b"}},
        "definitions": {"b": {"type": "object", "properties": {"size": {"type": "integer"}}}},
    }
    values = "# -- The first\none:\n  # -- How large\n  size: 1\n# -- The second\ntwo: {size: 2}\n"
    shapes = Shapes(with_values(DOCUMENT, chart_of(json.dumps(described), values)))
    found = {key: shapes.at(("values", key)) or {} for key in ("one", "two")}
    assert [found[key]["description"] for key in found] == ["The first", "The second"]
    sizes = [shapes.at(("values", key, "size")) or {} for key in found]
    assert [size["default"] for size in sizes] == [1, 2]
    assert [size["type"] for size in sizes] == [["integer", "null"]] * 2
    assert sizes[0]["description"] == "How large"


def test_a_schema_that_is_too_large_to_be_described_is_one_message(tiphys, tmp_path):
    text = json.dumps({"properties": {f"k{number}": {"properties": fields(40)} for number in range(2500)}})
    tree(tmp_path / "w", text)
    done = tiphys("schema", "--service", "web", cwd=tmp_path / "w")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the schema of the values of the chart in charts/shop is too large to describe them" in done.stderr
    assert "hint: simplify its values.schema.json" in done.stderr
