"""The schema of a kind of file at one of its places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.diagnostics import Pointer

Shape = Mapping[str, Any]
"""A schema without references: what it says itself wins over what it refers to."""


class Shapes:
    """The schema of one kind of file, a whole document of draft-07."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def at(self, pointer: Pointer) -> Shape | None:
        """Return the schema of the value at a pointer; None where the schema knows nothing of it."""
        shape = self._flat(self._document)
        for part in pointer:
            below = self._below(shape, part)
            if below is None:
                return None
            shape = below
        return shape

    def _below(self, shape: Shape, part: str | int) -> Shape | None:
        if isinstance(part, int):
            inner = shape.get("items")
        else:
            inner = shape.get("properties", {}).get(part, shape.get("additionalProperties"))
        return self._flat(inner) if isinstance(inner, dict) else None

    def _flat(self, node: Mapping[str, Any]) -> Shape:
        parts = list(node.get("allOf", []))
        if "$ref" in node:
            parts.append(self._document["definitions"][node["$ref"].rpartition("/")[2]])
        flat: dict[str, Any] = {}
        for part in parts:
            flat |= self._flat(part)
        return flat | {key: value for key, value in node.items() if key not in ("allOf", "$ref")}

    def fields(self, shape: Shape) -> dict[str, Shape]:
        """Return the schemas of the fields that a map can have, by name, in the order of the schema."""
        return {name: self._flat(field) for name, field in shape.get("properties", {}).items()}


def types_of(shape: Shape) -> tuple[str, ...]:
    """Return the types that a value can have, but for null; empty for any."""
    kinds = shape.get("type", ())
    return tuple(kind for kind in ((kinds,) if isinstance(kinds, str) else kinds) if kind != "null")
