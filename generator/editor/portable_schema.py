"""Parts of the schema of a chart's values, copied into the schema of a spec or environment, with what they refer to.

Only keywords that editors know are copied, and only where they have the type that draft-07 asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from generator.syntax.schema.foreign import target

_MOST_REFERENCES = 16
"""References to references; a schema may go round in circles."""
_LONGEST_NAME = 60
_AS_A_WHOLE = frozenset(
    ["required", "minProperties", "anyOf", "oneOf", "not", "if", "then", "else", "dependencies", "dependentRequired"]
)
"""What a schema asks of a mapping as a whole, which a layer is not."""
_VERBATIM = frozenset(["default", "enum", "const", "examples", "required", "dependentRequired"])
_MAPS = frozenset(["properties", "patternProperties", "dependentSchemas", "dependencies"])
_FLAGS = frozenset(["deprecated", "readOnly", "writeOnly"])
_TEXTS = frozenset(["title", "description", "format", "pattern"])
_WORDS = frozenset(
    [
        *(f"{end}{of}" for end in ("min", "max") for of in ("imum", "Length", "Items", "Properties")),
        *("type", "multipleOf", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum"),
        *("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "contains", "propertyNames"),
        *("items", "additionalItems", "additionalProperties"),
    ]
)
_BESIDE = frozenset(["title", "description", "default", "examples"])
"""What counts next to a reference: in draft-07, nothing that asks something does."""


class Portable:
    """Copies parts of a schema into another document, with what they refer to as definitions of that one."""

    def __init__(self, schema: Mapping[str, Any], prefix: str, definitions: dict[str, Any], pay: Callable[[int], None]) -> None:
        """Begin with a schema, what its definitions are called, and where they go; `pay` is told of each part before it is made."""
        self._schema = schema
        self._prefix = prefix
        self._definitions = definitions
        self.pay = pay
        self._names: dict[tuple[str, bool], str] = {}
        self._waiting: list[tuple[str, bool]] = []

    def layer(self, node: Any) -> dict[str, Any]:
        """Return the schema of a part of the values, as a layer may have it; raises SpentError."""
        copied = self._copied(node, layer=True)
        while self._waiting:  # one after the other: references to references would be nested too deeply
            reference, is_layer = self._waiting.pop()
            found = self._copied(target(self._schema, reference), layer=is_layer)
            self._definitions[self._names[reference, is_layer]] = found if isinstance(found, dict | bool) else {}
        return copied if isinstance(copied, dict) else {}

    def parts(self, node: Any) -> list[dict[str, Any]]:
        """Return a copied node with the parts that count for its value: what it refers to, and what it combines."""
        found: list[dict[str, Any]] = []
        left = [node]
        while left and len(found) < _MOST_REFERENCES:
            one = left.pop()
            if not isinstance(one, dict) or any(one is other for other in found):
                continue
            found.append(one)
            left += one.get("allOf", [])[:_MOST_REFERENCES]
            if "$ref" in one:
                left.append(self._definitions.get(one["$ref"].removeprefix("#/definitions/")))
        return found

    def _copied(self, node: Any, *, layer: bool) -> Any:
        self.pay(1)
        if isinstance(node, list):
            return [self._copied(item, layer=layer) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return self._referring(node, layer=layer)
        whole = layer and (node.get("type") == "object" or "properties" in node)
        copied: dict[str, Any] = {}
        for key, value in node.items():
            if not (whole and key in _AS_A_WHOLE):
                self._keep(copied, key, value, layer=layer)
        return _nullable(copied) if layer else copied

    def _keep(self, copied: dict[str, Any], key: str, value: Any, *, layer: bool) -> None:
        """Add a keyword to a copy, if an editor knows it and it is of the right type."""
        self.pay(1)
        if key in _MAPS:
            copied[key] = {name: self._copied(inner, layer=layer) for name, inner in value.items()}
        elif key in _VERBATIM:
            if key in ("const", "default") or isinstance(value, list | dict):
                self.pay_for(value)
                copied[key] = value
        elif key in _TEXTS:
            if isinstance(value, str):
                self.pay(len(value) // 64)
                copied[key] = value
        elif key in _FLAGS:
            copied[key] = value is True
        elif key in _WORDS and not (key.startswith("exclusive") and isinstance(value, bool)):
            inner = layer and key in ("additionalProperties", "allOf", "anyOf", "oneOf")
            copied[key] = value if isinstance(value, str) else self._copied(value, layer=inner)

    def _referring(self, node: Mapping[str, Any], *, layer: bool) -> dict[str, Any]:
        """Return a copy of a node with a reference, to a definition of the other document."""
        reference = {"$ref": f"#/definitions/{self._name(node['$ref'], layer=layer)}"}
        beside: dict[str, Any] = {}
        for key in node.keys() & _BESIDE:
            self._keep(beside, key, node[key], layer=layer)
        return {"allOf": [reference], **dict(sorted(beside.items()))} if beside else reference

    def _name(self, reference: str, *, layer: bool) -> str:
        key = (reference, layer)
        if key not in self._names:
            number = len(self._names)
            said = re.sub(r"[^A-Za-z0-9_.-]", "-", reference.removeprefix("#/").replace("/", "."))[-_LONGEST_NAME:]
            name = f"{self._prefix}:{said}" + ("" if layer else ":whole")
            name = name if name not in self._definitions else f"{name}:{number}"
            self._names[key] = name
            self._definitions[name] = {}
            self._waiting.append(key)
        return self._names[key]

    def pay_for(self, value: Any) -> None:
        """Pay for a value that becomes a part as it is; raises SpentError."""
        left = [value]
        while left:
            one = left.pop()
            self.pay(1 + (len(one) // 64 if isinstance(one, str) else 0))
            left += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


def _nullable(node: dict[str, Any]) -> dict[str, Any]:
    kinds = node.get("type")
    if isinstance(kinds, str | list):
        node["type"] = list(dict.fromkeys([*([kinds] if isinstance(kinds, str) else kinds), "null"]))
    if isinstance(node.get("enum"), list):
        node["enum"] = [*node["enum"], *([] if None in node["enum"] else [None])]
    return node
