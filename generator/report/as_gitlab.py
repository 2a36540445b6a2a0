"""The report as GitLab's Code Quality reads it.

Source: GitLab Docs, Code Quality, report format
"""

from __future__ import annotations

import json
from typing import Any

from generator.diagnostics import Severity
from generator.lint.fingerprints import fingerprints
from generator.pipeline.run import Outcome
from generator.report import Style
from generator.report.drift import reported

_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def as_gitlab(outcome: Outcome, style: Style) -> str:
    """Return the report as one JSON array; `[]` without findings."""
    found = reported(outcome, style.command)
    data: list[dict[str, Any]] = [
        {
            "description": item.message,
            "check_name": item.rule,
            "fingerprint": mark,
            "severity": _SEVERITY[item.severity],
            "location": {"path": style.in_repository(item.path), "lines": {"begin": item.span.line}},
        }
        for item, mark in zip(found, fingerprints(found), strict=True)
    ]
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
