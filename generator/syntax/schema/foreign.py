"""JSON schemas of others: whether one is a schema, and a copy that is safe to follow.

Helm refuses what is not a schema, whatever the values are. What reads a schema after this can rely on the type of each
keyword; only what an anchor or a base of its own leads to is not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

_TYPES = frozenset(["object", "array", "string", "integer", "number", "boolean", "null"])
_ONE = ("additionalProperties", "additionalItems", "contains", "not", "if", "then", "else", "propertyNames")
_MAPS = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_NOTHING: Mapping[str, Any] = {"not": {}}
"""What no value satisfies."""

Place = tuple[Any, Any, Any]
"""A mapping or list, the key or index in it, and the schema that is there."""


def is_schema(schema: Mapping[str, Any]) -> bool:
    """Tell whether every keyword that asks something, in all parts of a schema, has a value of the right type."""
    return all(_is_node(child) for _, _, child in _places(schema))


def prepared(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that names no dialect, as a part could name one of its own, and has no `false` for a schema."""
    root: dict[str, Any] = deepcopy(dict(schema))
    for container, key, child in list(_places(root)):
        if child is False and key != "additionalProperties":
            container[key] = dict(_NOTHING)
        elif isinstance(child, dict):
            child.pop("$schema", None)
    return root


def target(schema: Any, reference: str) -> Any:
    """Return what a reference within a schema leads to, by a JSON pointer; None if it leads nowhere."""
    node = schema if reference == "#" or reference.startswith("#/") else None
    for part in reference.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict):
            node = node.get(name)
        elif isinstance(node, list) and name.isascii() and name.isdigit() and len(name) < len("1000000"):
            node = node[int(name)] if int(name) < len(node) else None
        else:
            return None
    return node


def frozen(value: Any) -> Any:
    """Return what equals that of another value if JSON schema counts both as equal: 1 as 1.0, and not as true."""
    if isinstance(value, dict):
        return "object", frozenset((str(key), frozen(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return "array", tuple(map(frozen, value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # As text: numbers can be chosen so that all have the same hash.
    return type(value).__name__, str(value)


def _places(schema: Mapping[str, Any]) -> Iterator[Place]:
    """Yield each part of a schema that is a schema, or is used as one by a reference, once."""
    left: list[Place] = [({"": schema}, "", schema)]
    seen: set[int] = set()
    referred: set[str] = set()
    while left:
        place = left.pop()
        node = place[2]
        if not isinstance(node, dict):
            yield place
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield place
        left += _below(node)
        reference = node.get("$ref")
        if isinstance(reference, str) and reference not in referred:
            referred.add(reference)
            found = target(schema, reference)
            left += () if found is None else [({"": found}, "", found)]


def _below(node: dict[str, Any]) -> Iterator[Place]:
    yield from ((node, key, node[key]) for key in _ONE if key in node)
    for key in (*_MAPS, "dependencies"):
        inner = node.get(key)
        if isinstance(inner, dict):
            yield from ((inner, name, child) for name, child in inner.items() if not _is_names(child))
    for key in (*_LISTS, "items"):
        inner = node.get(key)
        if isinstance(inner, list):
            yield from ((inner, index, child) for index, child in enumerate(inner))
        elif key in node and key == "items":
            yield node, key, inner


def _is_node(node: Any) -> bool:
    if isinstance(node, bool):
        return True
    return isinstance(node, dict) and all(_KEYWORDS[key](value) for key, value in node.items() if key in _KEYWORDS)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and (isinstance(value, int) or math.isfinite(value))


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _is_limit(value: Any) -> bool:
    return isinstance(value, bool) or _is_number(value)


def _is_kind(value: Any) -> bool:
    kinds = [value] if isinstance(value, str) else value
    return _is_names(kinds) and bool(kinds) and len(set(kinds)) == len(kinds) and _TYPES.issuperset(kinds)


def _is_map_of_names(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_names, value.values()))


_TEXTS = ("$ref", "$dynamicRef", "$recursiveRef", "$id", "id", "$schema", "$anchor", "$dynamicAnchor", "pattern", "format")
_COUNTS = tuple(f"{end}{of}" for end in ("min", "max") for of in ("Length", "Items", "Properties", "Contains"))
_KEYWORDS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(_TEXTS, _is_text),
    **dict.fromkeys(_COUNTS, _is_count),
    **dict.fromkeys((*_MAPS, "dependencies"), _is_map),
    **dict.fromkeys(_LISTS, _is_list),
    "type": _is_kind,
    "enum": _is_list,
    "required": _is_names,
    "dependentRequired": _is_map_of_names,
    "minimum": _is_number,
    "maximum": _is_number,
    "exclusiveMinimum": _is_limit,
    "exclusiveMaximum": _is_limit,
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "uniqueItems": lambda value: isinstance(value, bool),
}
"""Keywords whose values have a type of their own; those that hold schemas are looked at by what is in them."""
