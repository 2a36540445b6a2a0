"""What objects hold of secrets, so that none of it is told of another object that repeats it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from generator.kubernetes.objects import KubeObject, at
from generator.syntax.secrets.ingredients import Ingredients


def in_objects(items: Sequence[KubeObject]) -> Ingredients:
    """Return the objects as something that others may be made of.

    What is in a Secret counts by its key: a `username` there may be a word that every other object has as well.
    """
    return Ingredients(lambda _budget: map(_values, items))


def _values(item: KubeObject) -> dict[str, Any]:
    if item.kind != "Secret":
        return item.data
    found: dict[str, Any] = {}
    for field, read in (("data", _decoded), ("stringData", str)):
        entries = at(item.data, field)
        found |= {key: read(value) for key, value in entries.items() if value} if isinstance(entries, dict) else {}
    return found


def _decoded(value: Any) -> str:
    """Return the text in base64; the value as it is where that cannot be read."""
    try:
        return base64.b64decode(str(value), validate=True).decode("utf-8")
    except ValueError:
        return str(value)
