"""A service has a chart or a folder in its place: the highest layer that names one decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def without_other_source(data: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return lower layers without the chart if this one has a folder in its place, and without the folder if it has a chart."""
    source = above.get("source")
    if isinstance(source, dict):
        kept = {key: value for key, value in data.items() if key != "chart"}
        below = data.get("source")
        return kept if isinstance(below, dict) and below.keys() <= source.keys() else _without(kept, "source")
    return _without(data, "source") if isinstance(above.get("chart"), dict) else data


def _without(data: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != key} if key in data else data
