"""The report for programs; its shape is versioned and only ever grows."""

from __future__ import annotations

import json
from typing import Any

from generator.diagnostics import Diagnostic, Severity, json_pointer
from generator.pipeline.drift import Change
from generator.pipeline.run import Outcome
from generator.report import Style
from generator.report.drift import reported


def as_json(outcome: Outcome, style: Style) -> str:
    """Return the report as one JSON object."""
    found = reported(outcome, style.command)
    data: dict[str, Any] = {"version": 1, "diagnostics": [diagnostic(item) for item in found]}
    if outcome.compared:
        data["drift"] = [_drift(change) for change in outcome.changes]
    data["summary"] = {
        "errors": sum(item.severity is Severity.ERROR for item in found),
        "warnings": sum(item.severity is Severity.WARNING for item in found),
        "services": outcome.services,
        "files": len(outcome.wanted),
    }
    if outcome.judge and (outcome.judge.known or outcome.gone):
        data["baseline"] = {
            "known": outcome.judge.known,
            "gone": [{"rule": entry.rule, "path": entry.path, "message": entry.message} for entry in outcome.gone],
        }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def diagnostic(item: Diagnostic) -> dict[str, Any]:
    """Return a finding as every JSON output has it."""
    return {
        "rule": item.rule,
        "severity": item.severity.value,
        "message": item.message,
        "hint": item.hint,
        "path": item.path,
        "line": item.span.line,
        "column": item.span.column,
        "endLine": item.span.end_line,
        "endColumn": item.span.end_column,
        "pointer": json_pointer(item.pointer),
        "service": item.service,
        "environment": item.environment,
    }


def _drift(change: Change) -> dict[str, Any]:
    return {"path": change.path, "state": change.state.value, "spec": change.origin, "environment": change.environment}
