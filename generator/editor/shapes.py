"""The schema of a kind of file at one of its places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        return self._flat(inner) if isinstance(inner, Mapping) else None

    def _flat(self, node: Any) -> Shape:
        flat: dict[str, Any] = {}
        described: list[Mapping[str, Any]] = []
        for part in self._parts(node):
            for key, value in part.items():
                if key == "properties":
                    described.append(value)
                elif key not in ("allOf", "$ref"):
                    flat.setdefault(key, value)
        if described:
            flat["properties"] = described[0] if len(described) == 1 else _Properties(described)
        return flat

    def _parts(self, node: Any) -> Iterator[Mapping[str, Any]]:
        """Yield a schema and all that it refers to and combines, each definition once: what wins comes first."""
        left, seen = [node], set()
        while left:
            part = left.pop()
            if not isinstance(part, Mapping):
                continue
            yield part
            left += part.get("allOf", ())
            name = part["$ref"].rpartition("/")[2] if "$ref" in part else None
            if name is not None and name not in seen:
                seen.add(name)
                left.append(self._document["definitions"][name])

    def fields(self, shape: Shape) -> dict[str, Shape]:
        """Return the schemas of the fields that a map can have, by name, in the order of the schema."""
        return {name: self._flat(field) for name, field in shape.get("properties", {}).items()}


class _Properties(Mapping[str, Any]):
    """The fields of several schemas that count together: what the first says of a field wins."""

    def __init__(self, described: Sequence[Mapping[str, Any]]) -> None:
        self._described = described

    def __getitem__(self, key: str) -> Any:
        found = [properties[key] for properties in reversed(self._described) if key in properties]
        if not found:
            raise KeyError(key)
        return found[0] if len(found) == 1 else {"allOf": found}

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for properties in reversed(self._described) for key in properties))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def types_of(shape: Shape) -> tuple[str, ...]:
    """Return the types that a value can have, but for null; empty for any."""
    kinds = shape.get("type", ())
    return tuple(kind for kind in ((kinds,) if isinstance(kinds, str) else kinds) if kind != "null")
