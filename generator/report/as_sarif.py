"""The report as SARIF 2.1.0, for code scanning and every viewer of it.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0; GitHub Docs, SARIF support for code scanning
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from generator import __version__
from generator.diagnostics import Diagnostic, Severity, Span
from generator.lint import catalogue
from generator.lint.catalogue import Page, page_url
from generator.lint.fingerprints import fingerprints
from generator.pipeline.run import Outcome
from generator.report import Style
from generator.report.drift import reported
from generator.report.line_hash import line_hashes

MAX_RESULTS = 25_000
"""GitHub refuses a file with more in one run."""
MAX_KEPT = 5_000
"""GitHub shows no more of one run."""

_ORDER = list(Severity)


def as_sarif(outcome: Outcome, style: Style) -> str:
    """Return the report as one SARIF log with one run."""
    found = sorted(reported(outcome, style.command), key=lambda item: item.order)
    marks = dict(zip(found, fingerprints(found), strict=True))
    total = len(found)
    if total > MAX_KEPT:
        found = sorted(found, key=lambda item: _ORDER.index(item.severity))[:MAX_RESULTS]
    used = {item.rule for item in found}
    pages = [page for page in catalogue.pages() if page.id in used]
    index = {page.id: number for number, page in enumerate(pages)}
    hashes = _LineHashes(style)
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(pages, style)},
                **({"automationDetails": {"id": f"tiphys/{style.part}/"}} if style.part else {}),
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(total)],
                "results": [_result(item, index[item.rule], marks[item], hashes, style) for item in found],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _driver(pages: Sequence[Page], style: Style) -> dict[str, Any]:
    return {
        "name": "tiphys",
        "version": __version__,
        **({"informationUri": style.manual} if style.manual else {}),
        "rules": [_rule(page, style) for page in pages],
    }


def _rule(page: Page, style: Style) -> dict[str, Any]:
    return {
        "id": page.id,
        "name": page.name,
        "shortDescription": {"text": _message(page.law)},
        "fullDescription": {"text": _message(f"{page.law} {page.why}")},
        "help": {"text": _message(page.text()), "markdown": _message(page.markdown())},
        **({"helpUri": page_url(page.id, style.manual)} if style.manual else {}),
        "defaultConfiguration": {"level": page.severity},
    }


def _invocation(total: int) -> dict[str, Any]:
    """Return that the run ended well, and what of its results will not be seen."""
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if total > MAX_KEPT:
        said = f"{total:,} results; GitHub keeps {MAX_KEPT:,} per run, so errors come first"
        if total > MAX_RESULTS:
            said += f", and {total - MAX_RESULTS:,} are omitted because it accepts at most {MAX_RESULTS:,}"
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": said}}]
    return invocation


class _LineHashes:
    """What GitHub knows lines by, each file read and hashed once."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._by_path: dict[str, dict[int, str]] = {}

    def of(self, path: str, line: int) -> str:
        """Return the hash of a line; empty if it does not exist."""
        if path not in self._by_path:
            text = self._style.text_of(path)
            self._by_path[path] = line_hashes(text) if text else {}
        return self._by_path[path].get(line, "")


def _result(item: Diagnostic, index: int, mark: str, hashes: _LineHashes, style: Style) -> dict[str, Any]:
    text = f"{item.message}\nhint: {item.hint}" if item.hint else item.message
    known_by = {"tiphysFinding/v1": mark}
    line = hashes.of(item.path, item.span.line)
    if line:
        known_by["primaryLocationLineHash"] = line
    return {
        "ruleId": item.rule,
        "ruleIndex": index,
        "level": item.severity.value,
        "message": {"text": _message(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(style.in_repository(item.path))},
                    "region": _region(item.span),
                }
            }
        ],
        "partialFingerprints": known_by,
        "properties": {key: value for key, value in _properties(item).items() if value},
    }


def _properties(item: Diagnostic) -> dict[str, str]:
    return {"service": item.service, "environment": item.environment}


def _message(text: str) -> str:
    """Return text as SARIF writes it: braces doubled, and nothing that reads as a link (3.11.5 and 3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _uri(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape"), safe="/")


def _region(span: Span) -> dict[str, int]:
    region = {"startLine": span.line, "startColumn": span.column}
    if (span.end_line, span.end_column) > (span.line, span.column):
        region |= {"endLine": span.end_line, "endColumn": span.end_column}
    return region
