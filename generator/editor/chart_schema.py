"""The schema of the values of a chart as an editor wants it: a part of the schema of a spec or environment.

A layer holds only some of the values, and null removes what is inherited, so that nothing is required in it and null
is allowed everywhere. What the chart's own schema does not describe is described by its values.yaml: the defaults, and
the comments that helm-docs (`# -- …`) and Bitnami's generator (`## @param NAME …`) read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from generator.diagnostics import Pointer
from generator.editor.outline import scan
from generator.syntax.secrets.masking import masked
from generator.verify.charts_at_hand import ChartAtHand

_MOST_TEXT = 512 * 1024
"""Characters of a values.yaml in which comments are looked for."""
_LONGEST = 600
"""Characters of a comment that are shown."""
_MOST_REFERENCES = 16
"""References to references; a schema may go round in circles."""
_LEFT_OUT = frozenset(["$schema", "$id", "id", "$comment", "definitions", "$defs"])
_AS_A_WHOLE = frozenset(
    ["required", "minProperties", "anyOf", "oneOf", "not", "if", "then", "else", "dependencies", "dependentRequired"]
)
"""What a schema asks of a mapping as a whole, which a layer is not."""
_VERBATIM = frozenset(["default", "enum", "const", "examples", "required"])
_MAPS = frozenset(["properties", "patternProperties", "dependentSchemas"])


def with_values(document: Mapping[str, Any], chart: ChartAtHand | None) -> dict[str, Any]:
    """Return the schema of a spec or environment in which the values are those of a chart."""
    composed: dict[str, Any] = deepcopy(dict(document))
    if chart is None:
        return composed
    definitions: dict[str, Any] = {}
    shape = _shape(chart, definitions, "values")
    for properties in _free_values(composed):
        properties["values"] = {**shape, "description": properties["values"]["description"], "type": ["object", "null"]}
    composed["definitions"] = {**composed["definitions"], **definitions}
    return composed


def _free_values(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the properties of each layer that has values."""
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if isinstance(value, dict | list):
            yield from _free_values(value)
    values = node.get("values") if isinstance(node, dict) else None
    if isinstance(values, dict) and values.get("type") == ["object", "null"] and values.get("additionalProperties") is True:
        yield node


def _shape(chart: ChartAtHand, definitions: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return the schema of a chart's values, and add what it refers to."""
    known = chart.known
    portable = _Portable(known.schema or {}, prefix, definitions)
    shape = portable.layer(known.schema or {})
    _describe(shape, masked(chart.defaults), _comments(chart.text("values.yaml")), (), portable)
    for number, inner in enumerate(chart.subcharts):
        shape.setdefault("properties", {})[inner.key] = _shape(inner.chart, definitions, f"{prefix}.{number}")
    return shape


class _Portable:
    """Copies parts of a schema into another document, with what they refer to as definitions of that one."""

    def __init__(self, schema: Mapping[str, Any], prefix: str, definitions: dict[str, Any]) -> None:
        self._schema = schema
        self._prefix = prefix
        self._definitions = definitions

    def layer(self, node: Any) -> dict[str, Any]:
        """Return the schema of a part of the values, as a layer may have it."""
        copied = self._copied(node, layer=True)
        return copied if isinstance(copied, dict) else {}

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """Return a copied node with what it refers to in it."""
        found = node
        for _ in range(_MOST_REFERENCES):
            if "$ref" not in found:
                break
            inner = self._definitions.get(found["$ref"].removeprefix("#/definitions/"), {})
            found = {**deepcopy(inner), **{key: value for key, value in found.items() if key != "$ref"}}
        return found

    def _copied(self, node: Any, *, layer: bool) -> Any:
        if isinstance(node, list):
            return [self._copied(item, layer=layer) for item in node]
        if not isinstance(node, dict):
            return node
        whole = layer and (node.get("type") == "object" or "properties" in node)
        copied: dict[str, Any] = {}
        for key, value in node.items():
            if key in _LEFT_OUT or (whole and key in _AS_A_WHOLE):
                continue
            if key == "$ref":
                copied[key] = self._reference(value, layer=layer)
            elif key in _MAPS and isinstance(value, dict):
                copied[key] = {name: self._copied(inner, layer=layer) for name, inner in value.items()}
            elif key in _VERBATIM:
                copied[key] = value
            else:
                copied[key] = self._copied(value, layer=layer and key in ("additionalProperties", "allOf", "anyOf", "oneOf"))
        return _nullable(copied) if layer else copied

    def _reference(self, reference: Any, *, layer: bool) -> str:
        """Return a reference to a definition of the other document, which is added."""
        name = f"{self._prefix}:{reference}" + ("" if layer else ":whole")
        name = name.replace("/", ".").replace("#", "").replace("~", "-")
        if name not in self._definitions:
            self._definitions[name] = {}
            self._definitions[name] = self._copied(self._target(str(reference)), layer=layer)
        return f"#/definitions/{name}"

    def _target(self, reference: str) -> Any:
        node: Any = self._schema if reference.startswith("#") else {}
        for part in filter(None, reference.removeprefix("#").split("/")):
            node = node.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(node, dict) else {}
        return node


def _nullable(node: dict[str, Any]) -> dict[str, Any]:
    kinds = node.get("type")
    if isinstance(kinds, str | list):
        node["type"] = list(dict.fromkeys([*([kinds] if isinstance(kinds, str) else kinds), "null"]))
    if isinstance(node.get("enum"), list):
        node["enum"] = [*node["enum"], *([] if None in node["enum"] else [None])]
    return node


def _describe(
    shape: dict[str, Any], defaults: Mapping[str, Any], comments: Mapping[Pointer, str], at: Pointer, of: _Portable
) -> None:
    """Add what values.yaml says of the keys of a mapping, where the schema says nothing."""
    properties = shape.setdefault("properties", {})
    for key, default in defaults.items():
        here = (*at, key)
        known = properties.get(key)
        field = of.resolved(known) if isinstance(known, dict) else {}
        if here in comments:
            field.setdefault("description", comments[here])
        if isinstance(default, dict) and default:
            if not field.keys() & {"type", "anyOf", "oneOf"}:
                field["type"] = ["object", "null"]
            _describe(field, default, comments, here, of)
        elif default is not None:
            field.setdefault("default", default)
        properties[key] = field


_PARAM = re.compile(r"^[ \t]*##?[ \t]*@param[ \t]+(\S+)[ \t]+(?:\[[^\]\n]*\][ \t]*)?(.*)$", re.MULTILINE)
_OWN = re.compile(r"#\s*--\s?")


def _comments(text: str) -> dict[Pointer, str]:
    """Return what the comments of a values.yaml say of each key, by its pointer."""
    if len(text) > _MOST_TEXT:
        return {}
    lines = text.split("\n")
    found: dict[Pointer, str] = {}
    for key in scan(text):
        said = _above(lines, key.line - 1)
        if said:
            found[key.pointer] = said
    for match in _PARAM.finditer(text):
        found[tuple(match[1].split("."))] = match[2].strip()[:_LONGEST]
    return found


def _above(lines: list[str], number: int) -> str:
    """Return the comment right above a line: from the last `# --` on if it has one."""
    block: list[str] = []
    for line in reversed(lines[max(0, number - 20) : number]):
        bare = line.strip()
        if not bare.startswith("#"):
            break
        block.append(bare)
        if _OWN.match(bare):
            break
    texts = [_OWN.sub("", one) if _OWN.match(one) else one.lstrip("#").strip() for one in reversed(block)]
    said = " ".join(text for text in texts if text and not text.startswith("@"))
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
