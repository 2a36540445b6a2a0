"""The report for a pull request or a step's summary: a verdict, a table, and the affected lines.

Text from a spec is escaped. It can contain markup, HTML, mentions and links, and a comment by a bot must
not ping people or show what a branch injects.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.diagnostics import Diagnostic, Severity
from generator.lint import catalogue
from generator.pipeline.run import Outcome
from generator.report import Style, guarded
from generator.report.as_text import detail
from generator.report.drift import reported
from generator.report.markup import MOST, escaped, fitting
from generator.syntax.wording import counted

_RESERVED = 600
"""Bytes kept for what closes the report."""


def as_markdown(outcome: Outcome, style: Style, most: int = MOST) -> str:
    """Return the report as Markdown of at most `most` bytes, errors first."""
    order = list(Severity)
    found = sorted(reported(outcome, style.command), key=lambda item: order.index(item.severity))
    text = f"**tiphys: {verdict(outcome, found)}**\n"
    if not found:
        return text
    room = most - _RESERVED - len(text.encode("utf-8"))
    rows, room = fitting((_row(item, style) for item in found), room)
    text += "\n| | where | rule | what |\n|---|---|---|---|\n" + "".join(rows)
    if len(rows) < len(found):
        return text + f"\n{len(found) - len(rows):,} more are not shown: a comment has no room for them.\n"
    details, _ = fitting((_details(item, style) for item in found if item.rule[:3] != "TP9"), room)
    if details:
        left = sum(item.rule[:3] != "TP9" for item in found) - len(details)
        more = f"\n{left:,} more are only in the table.\n" if left else ""
        text += f"\n<details><summary>Affected lines</summary>\n\n{''.join(details)}{more}\n</details>\n"
    return text


def verdict(outcome: Outcome, found: Sequence[Diagnostic]) -> str:
    """Return the result of the run in one line."""
    drifted = len(outcome.changes) if outcome.compared else 0
    severities = [item.severity for item in found]
    parts = [
        (severities.count(Severity.ERROR) - drifted, "error", ""),
        (severities.count(Severity.WARNING), "warning", ""),
        (severities.count(Severity.NOTE), "note", ""),
        (drifted, "file with drift", "files with drift"),
    ]
    clean = f"no problems in {counted(outcome.services, 'service')}, {counted(len(outcome.wanted), 'file')}"
    return ", ".join(counted(number, *words) for number, *words in parts if number) or clean


def _row(item: Diagnostic, style: Style) -> str:
    where = f"<code>{escaped(style.in_repository(item.path))}</code>"
    if item.span.line > 1 or item.pointer:
        where += f" line {item.span.line}"
    url = catalogue.page_url(item.rule, style.manual)
    rule = f"[{item.rule}]({url})" if url else item.rule
    said = _prose(item.message) + (f"<br>{_prose(item.hint)}" if item.hint else "")
    return f"| {item.severity.value} | {where} | {rule} | {said} |\n"


def _details(item: Diagnostic, style: Style) -> str:
    lines = guarded(detail(item, style._replace(color=False))).rstrip().split("\n")
    return "<pre>\n" + "".join(f"{escaped(line)}\n" for line in lines) + "</pre>\n\n"


def _prose(text: str) -> str:
    """Return a message with what stands between its backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escaped(text)
    return "".join(f"<code>{escaped(part)}</code>" if index % 2 else escaped(part) for index, part in enumerate(parts))
