"""Parts that commands add to the JSON report of their run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from generator.pipeline.drift import Change, State
from generator.report import table

ACTIONS = {State.MISSING: "created", State.DIFFERS: "updated", State.STALE: "removed"}
"""What is done about a generated file with drift; a file that Tiphys did not write is left alone."""


def with_part(report: str, name: str, part: Any) -> str:
    """Return a JSON report with one more part before its summary."""
    data: dict[str, Any] = json.loads(report)
    summary = data.pop("summary")
    return table.as_json({**data, name: part, "summary": summary})


def files_json(changes: Sequence[Change]) -> list[dict[str, str]]:
    """Return the generated files that were written or removed, or would be."""
    owned = [change for change in changes if change.state in ACTIONS]
    return [{"path": change.path, "action": ACTIONS[change.state]} for change in owned]
