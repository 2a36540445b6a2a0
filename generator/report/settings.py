"""Settings with where they come from, as a table for people or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from generator.report.table import as_json as json_text
from generator.report.table import table

if TYPE_CHECKING:
    from generator.workspace.effective import Origin, Setting


def as_text(settings: Sequence[Setting]) -> str:
    """Return one line for each setting: its key, its value as text or JSON, and where it comes from."""
    rows = [(one.key, _value(one.value), _origin(one.origin)) for one in settings]
    return table(("setting", "value", "from"), rows)


def as_json(settings: Sequence[Setting]) -> str:
    """Return all settings; `line` and `column` are those in a file, and null otherwise."""
    rows = [{"key": one.key, "value": one.value, "origin": _origin_data(one.origin)} for one in settings]
    return json_text({"version": 1, "settings": rows})


def _value(value: Any) -> str:
    if value is None:
        return "(not set)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _origin(origin: Origin) -> str:
    if origin.span:
        return f"{origin.name}:{origin.span.line}:{origin.span.column}"
    return f"${origin.name}" if origin.kind == "environment" else origin.name or origin.kind


def _origin_data(origin: Origin) -> dict[str, Any]:
    line, column = origin.span[:2] if origin.span else (None, None)
    return {"kind": origin.kind, "name": origin.name, "line": line, "column": column}
