"""Schemas of custom resources, from the CustomResourceDefinitions that the user has.

The API server drops fields that a structural schema does not name, so they are not permitted here. What only a
cluster can tell is left out: patterns, formats, and rules in CEL.
Source: kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.kubernetes.objects import KubeObject, at, maps
from generator.kubernetes.rollouts import table

_TYPES = ("object", "array", "string", "integer", "number", "boolean")
_NUMBERS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_LISTING = ("enum", "properties", "required")
_OPEN = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_EMBEDDED = "x-kubernetes-embedded-resource"
_OF_OBJECTS: dict[str, Any] = {"apiVersion": {}, "kind": {}, "metadata": {}}
_DEEPEST = 60
_MOST = 500
"""Values or fields that one part of a schema lists: each is held against each value of each object. With more, all is permitted."""


def schemas(definitions: Iterable[KubeObject]) -> dict[str, dict[str, Any]]:
    """Return the JSON schemas of custom resources, by apiVersion and kind; the first definition of a kind counts."""
    found: dict[str, dict[str, Any]] = {}
    for item in definitions:
        group, kind = item.spec.get("group"), at(item.spec, "names", "kind")
        for _, version in maps(item.spec.get("versions")):
            schema = at(version, "schema", "openAPIV3Schema")
            if isinstance(schema, dict) and schema.get("properties") and isinstance(group, str) and isinstance(kind, str):
                found.setdefault(f"{group}/{version.get('name')} {kind}", _resource(schema, _DEEPEST))
    return found


def _resource(schema: dict[str, Any], depth: int) -> dict[str, Any]:
    """Return the schema of a whole object: its version, kind and metadata are checked elsewhere."""
    return _converted({**schema, "properties": {**table(schema, "properties"), **_OF_OBJECTS}, "type": "object"}, depth)


def _converted(node: Any, depth: int) -> dict[str, Any]:
    """Return a node of a structural schema in draft-07; anything else permits everything."""
    if not isinstance(node, dict) or depth == 0:
        return {}
    if any(isinstance(node.get(key), list | dict) and len(node[key]) > _MOST for key in _LISTING):
        return {}
    if node.get(_INT_OR_STRING) is True:
        return {"type": ["integer", "string"]}
    kind = node.get("type")
    result: dict[str, Any] = {"type": kind} if kind in _TYPES else {}
    result |= {key: node[key] for key in _NUMBERS if isinstance(node.get(key), int) and not isinstance(node[key], bool)}
    if isinstance(node.get("enum"), list):
        result["enum"] = node["enum"]
    if kind == "array" and isinstance(node.get("items"), dict):
        result["items"] = _converted(node["items"], depth - 1)
    if kind == "object":
        result |= _fields(node, depth)
    return result


def _fields(node: dict[str, Any], depth: int) -> dict[str, Any]:
    properties = table(node, "properties")
    if node.get(_EMBEDDED) is True:
        properties = {**properties, **_OF_OBJECTS}
    result: dict[str, Any] = {}
    if properties:
        result["properties"] = {str(name): _converted(inner, depth - 1) for name, inner in properties.items()}
    if isinstance(node.get("required"), list):
        # The API server sets defaults before it validates.
        set_anyway = {name for name, inner in properties.items() if isinstance(inner, dict) and "default" in inner}
        result["required"] = [name for name in node["required"] if isinstance(name, str) and name not in set_anyway]
    others = node.get("additionalProperties")
    if isinstance(others, dict):
        result["additionalProperties"] = _converted(others, depth - 1)
    elif properties and others is not True and node.get(_OPEN) is not True:
        result["additionalProperties"] = False
    return result
