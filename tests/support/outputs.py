"""The published schemas of JSON output, and every field that they describe of a document."""

from __future__ import annotations

import json
from functools import cache

from jsonschema import Draft202012Validator

from support.paths import ROOT

FOLDER = ROOT / "schemas" / "output"


@cache
def schema(command):
    return json.loads((FOLDER / f"{command}.json").read_text(encoding="utf-8"))


@cache
def published(command):
    """Return what validates the output of a command, as programs do it."""
    return Draft202012Validator(schema(command))


@cache
def closed(command):
    """Return what validates the output of a command with nothing in it that the schema does not describe."""
    text = json.dumps(schema(command)).replace('"additionalProperties": true', '"additionalProperties": false')
    return Draft202012Validator(json.loads(text))


def fields(command, document):
    """Yield (object, key, whether it is required) of a document, once for each field that the schema describes."""
    seen = set()
    for place, node, owner, key in _walk(schema(command), document, "", command):
        if (place, key) not in seen:
            seen.add((place, key))
            yield owner, key, key in node["required"]


def _resolved(node, value, place, command):
    """Return the schema of a value behind references and alternatives, with its place."""
    definitions = schema(command)["$defs"]
    while "$ref" in node or "anyOf" in node:
        if "$ref" in node:
            place = node["$ref"]
            node = definitions[place.removeprefix("#/$defs/")]
        else:
            valid = (Draft202012Validator({**one, "$defs": definitions}).is_valid(value) for one in node["anyOf"])
            index = next(index for index, is_valid in enumerate(valid) if is_valid)
            node, place = node["anyOf"][index], f"{place}/{index}"
    return node, place


def _walk(node, value, place, command):
    node, place = _resolved(node, value, place, command)
    if isinstance(value, list):
        for item in value if "items" in node else ():
            yield from _walk(node["items"], item, f"{place}/items", command)
    elif isinstance(value, dict):
        described, others = node.get("properties", {}), node.get("additionalProperties")
        for key, inner in value.items():
            if key in described:
                yield place, node, value, key
                yield from _walk(described[key], inner, f"{place}/{key}", command)
            elif isinstance(others, dict):
                yield from _walk(others, inner, f"{place}/*", command)


def problems(command, document):
    """Return what is wrong with a document, in a line for each problem; compared with the alternative that fits best."""
    found = []
    for error in closed(command).iter_errors(document):
        places = {inner.schema_path[0] for inner in error.context}
        alternatives = [[inner for inner in error.context if inner.schema_path[0] == place] for place in places]
        found += min(alternatives, key=len, default=[error])
    return [f"{error.json_path}: {error.message[:200]}" for error in found]
