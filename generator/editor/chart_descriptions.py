"""What the values.yaml of a chart says of its keys, in the schema of its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.editor.portable_schema import Portable


class Descriptions:
    """Adds what values.yaml says of the keys of a mapping, where the schema says nothing.

    A definition is shared, so that what is said of a key that refers to one is laid over it.
    """

    def __init__(self, portable: Portable, said: Mapping[Pointer, str]) -> None:
        self._portable = portable
        self._said = said

    def add(self, shape: dict[str, Any], defaults: Mapping[str, Any]) -> None:
        """Describe all keys of the values of a chart; raises SpentError."""
        self._below(shape, self._portable.parts(shape), defaults, (), shared=False)

    def _below(
        self,
        own: dict[str, Any],
        parts: list[dict[str, Any]],
        defaults: Mapping[str, Any],
        at: Pointer,
        *,
        shared: bool,
    ) -> None:
        for key, default in defaults.items():
            self._portable.pay(1)
            mine = None if shared else own.get("properties", {}).get(key)
            known = mine if mine is not None else _first(parts, key)
            field = self._field(known, default, (*at, key), shared=mine is None and known is not None)
            if field or known is None:
                own.setdefault("properties", {})[key] = field

    def _field(self, known: Any, default: Any, here: Pointer, *, shared: bool) -> dict[str, Any]:
        """Return the schema of a key, or what is laid over the one that it has."""
        parts = self._portable.parts(known)
        refers = isinstance(known, dict) and "$ref" in known
        field: dict[str, Any] = {} if shared or not isinstance(known, dict) else {"allOf": [known]} if refers else known
        if here in self._said and not _has(parts, "description"):
            field["description"] = self._said[here]
        if isinstance(default, dict) and default:
            if not _has(parts, "type", "anyOf", "oneOf"):
                field["type"] = ["object", "null"]
            self._below(field, parts, default, here, shared=shared or refers)
        elif default is not None and not _has(parts, "default"):
            self._portable.pay_for(default)
            field["default"] = default
        return field


def _has(parts: list[dict[str, Any]], *words: str) -> bool:
    return any(word in part for part in parts for word in words)


def _first(parts: list[dict[str, Any]], key: str) -> Any:
    return next((part["properties"][key] for part in parts if key in part.get("properties", ())), None)
