"""Results of a chart release, as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from generator.release.delivery import Result, State
from generator.report.as_text import printable
from generator.syntax.wording import counted

_WORDS = {State.THERE: "already-there", State.WOULD: "would-release", State.HELD: "held-back"}

_SAID = {State.WOULD: "would be released"}


def as_text(results: Sequence[Result], title: str) -> str:
    """Return one line per version of a chart, with what to do where one was not released."""
    return "".join(_lines(result, title) for result in results)


def _lines(result: Result, title: str) -> str:
    text = f"{result.state.value}: {result.name} {result.version} in {title}"
    text += f" ({result.digest})" if result.digest else ""
    text += f": {printable(result.message)}" if result.message else ""
    return text + (f"\n  = hint: {printable(result.hint)}\n" if result.hint else "\n")


def added(form: str, report: str, results: Sequence[Result], title: str) -> str:
    """Return a run's report, in one of the formats, with what became of the charts."""
    if form in ("text", "concise"):
        return report + as_text(results, title)
    return _in_json(report, results, title) if form == "json" else report


def _in_json(report: str, results: Sequence[Result], title: str) -> str:
    data: dict[str, Any] = json.loads(report)
    summary = data.pop("summary")
    charts = [
        {
            "name": result.name,
            "version": result.version,
            "state": _WORDS.get(result.state, result.state.value),
            "digest": result.digest,
            "repository": title,
            "services": list(result.services),
            "message": result.message,
            "hint": result.hint,
        }
        for result in results
    ]
    return (
        json.dumps({**data, "charts": charts, "summary": {**summary, "charts": len(charts)}}, indent=2, ensure_ascii=False)
        + "\n"
    )


def sentence(results: Sequence[Result]) -> str:
    """Return the counts of a release: `1 chart released, 2 already there`."""
    counts = {state: sum(result.state is state for result in results) for state in State}
    parts = [f"{number} {_SAID.get(state, state.value)}" for state, number in counts.items() if number]
    first, *rest = parts or ["0 released"]
    number, _, word = first.partition(" ")
    said = f"{counted(int(number), 'chart')} {word}"
    return ", ".join([said, *rest])
