"""The report as annotations of a GitHub workflow, after the usual text.

Source: GitHub Docs, Workflow commands; actions/runner, src/Runner.Common/ActionCommand.cs
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.diagnostics import Diagnostic, Severity
from generator.lint import catalogue
from generator.pipeline.run import Outcome
from generator.report import Style, guarded
from generator.report.as_text import as_text, printable
from generator.report.drift import reported

MOST = 10
"""Annotations that GitHub shows of one kind and step; of a job it shows 50."""

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def as_github(outcome: Outcome, style: Style) -> str:
    """Return the text of the report, then the annotations that GitHub will show, then how many it will not."""
    found = reported(outcome, style.command)
    annotated = list(_chosen(found))
    text = guarded(as_text(outcome, style)) + "".join(_annotation(item, style) for item in annotated)
    left = len(found) - len(annotated)
    if left:
        text += f"{left:,} more not annotated: GitHub shows {MOST} errors, {MOST} warnings and {MOST} notices a step\n"
    return text


def _chosen(found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield what is annotated, errors first: what comes later may meet the limit of the job."""
    for severity in Severity:
        yield from [item for item in found if item.severity is severity][:MOST]


def _annotation(item: Diagnostic, style: Style) -> str:
    span = item.span
    place = {"line": str(span.line)}
    if not item.path.startswith("tiphys:"):
        place = {"file": style.in_repository(item.path)} | place
    if span.end_line > span.line:
        place["endLine"] = str(span.end_line)  # columns are only looked at within one line
    else:
        place |= {"endLine": str(span.end_line), "col": str(span.column)}
        if span.end_column > span.column:
            place["endColumn"] = str(span.end_column)
    place["title"] = f"{item.rule} {catalogue.names().get(item.rule, '')}".strip()
    properties = ",".join(f"{key}={_escaped_property(value)}" for key, value in place.items())
    message = item.message if "file" in place else f"{item.path}: {item.message}"
    text = "\n".join(printable(part) for part in (message, item.hint and f"hint: {item.hint}") if part)
    return f"::{_COMMAND[item.severity]} {properties}::{_escaped(text)}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
