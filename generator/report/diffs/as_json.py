"""The comparison for programs; schemas/diff.schema.json says what is in it."""

from __future__ import annotations

from typing import Any

from generator.diagnostics import Diagnostic
from generator.diff import Comparison, Entry
from generator.diff.leaves import ABSENT
from generator.diff.risks import Level
from generator.report import table
from generator.syntax.labels import label_parts


def as_json(comparison: Comparison) -> str:
    """Return one versioned JSON object, which only ever grows."""
    places = comparison.places
    data: dict[str, Any] = {
        "version": 1,
        "base": comparison.base,
        "head": comparison.head,
        "changes": [_entry(entry) for entry in comparison.entries],
        "moved": [{"service": service, "before": old, "after": new} for service, old, new in comparison.moved],
        "renamed": [{"spec": path, "before": old, "after": new} for path, old, new in comparison.renamed],
        "staying": [
            {"service": service, "environment": environment, "paths": list(paths)}
            for service, environment, paths in comparison.staying
        ],
        "incomparable": [
            {
                "side": failure.side,
                "pairs": [{"service": service, "environment": environment} for service, environment in failure.pairs],
                "diagnostics": [_diagnostic(item) for item in failure.diagnostics],
            }
            for failure in comparison.failures
        ],
        "summary": {
            "services": len({place.service for place in places if place.service}),
            "environments": len({place.environment_name for place in places}),
            "production": len({place for place in places if place.production}),
            **{level.value: comparison.count(level) for level in Level},
        },
    }
    return table.as_json(data)


def _entry(entry: Entry) -> dict[str, Any]:
    change = entry.change
    sides = {name: side for name, side in (("before", change.before), ("after", change.after)) if side is not ABSENT}
    return {
        "sentence": change.sentence,
        "path": change.path,
        **sides,
        "risk": {"id": entry.risk.id, "level": entry.level.value, "why": entry.risk.why},
        "where": [
            {"service": place.service or None, **_place(place.environment), "production": place.production}
            for place in entry.where
        ],
    }


def _place(label: str) -> dict[str, str]:
    """Return an environment, and its destination if it has several."""
    environment, destination = label_parts(label)
    return {"environment": environment, **({"destination": destination} if destination else {})}


def _diagnostic(item: Diagnostic) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "message": item.message,
        "hint": item.hint,
        "path": item.path,
        "line": item.span.line,
        "column": item.span.column,
    }
