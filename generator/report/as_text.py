"""The report for people: the affected line with a caret, the hint and the verdict."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Severity
from generator.pipeline.drift import State
from generator.report.difference import difference
from generator.report.drift import RULE_OF, repairs, reported, said

if TYPE_CHECKING:
    from generator.pipeline.run import Outcome
    from generator.report import Style
    from generator.syntax.secrets.redaction import Excerpt

_RED, _YELLOW, _BLUE, _BOLD, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[1m", "\x1b[0m"
_MAX_DIFF_LINES = 12
_MAX_DIFFS = 5


def as_text(outcome: Outcome, style: Style) -> str:
    """Return every diagnostic with its source line, a blank line between any two, then the drift."""
    parts = [detail(item, style) for item in outcome.diagnostics]
    if not outcome.errors and outcome.compared:
        parts.append("".join(_drift(outcome, style)))
    return "\n".join(part for part in parts if part)


def as_concise(outcome: Outcome, style: Style) -> str:
    """Return one line per problem: path:line:column: severity RULE message."""
    return "".join(concise(item) for item in reported(outcome, style.command))


def concise(item: Diagnostic) -> str:
    """Return a diagnostic as one line that ends in a newline."""
    place = f"{printable(item.path)}:{item.span.line}:{item.span.column}"
    return f"{place}: {item.severity.value} {item.rule} {printable(item.message)}\n"


def _painted(text: str, color: str, style: Style) -> str:
    return f"{color}{text}{_PLAIN}" if style.color else text


def _head(where: str, severity: Severity, rule: str, message: str, style: Style) -> str:
    color = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.NOTE: _BLUE}[severity]
    return f"{_painted(where, _BOLD, style)}: {_painted(f'{severity.value}[{rule}]', color, style)}: {printable(message)}\n"


def detail(item: Diagnostic, style: Style) -> str:
    """Return a diagnostic with its source line, a caret and the hint."""
    span = item.span
    text = _head(f"{printable(item.path)}:{span.line}:{span.column}", item.severity, item.rule, item.message, style)
    excerpt = style.excerpt(item.path, span)
    gutter = len(str(span.line)) + 2
    if excerpt.text.strip():
        text += f"{span.line:>{gutter}} | {printable(excerpt.text)}\n"
        text += f"{'':>{gutter}} | {_caret(excerpt, style)}\n"
    if item.hint:
        text += f"{'':>{gutter}} = hint: {printable(item.hint)}\n"
    return text


def _caret(excerpt: Excerpt, style: Style) -> str:
    line, start, end = excerpt
    marked = line[start : max(end, start + 1)]
    return " " * _width(printable(line[:start])) + _painted("^" * max(1, _width(printable(marked))), _RED, style)


def _width(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text
    )


def printable(text: str) -> str:
    """Return text that is safe to print: what could move the cursor or turn the text around is escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == " " else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    return " " if letter == "\t" else f"\\u{{{ord(letter):04x}}}"


def _drift(outcome: Outcome, style: Style) -> Iterator[str]:
    shown, hints = 0, repairs(outcome.changes, style.command)
    for change in outcome.changes:
        text = _head(printable(change.path), Severity.ERROR, RULE_OF[change.state], said(change), style)
        if change.state is State.DIFFERS and shown < _MAX_DIFFS:
            shown += 1
            lines = difference(change).splitlines()[2:]
            text += "".join(f"  {printable(line)}\n" for line in lines[:_MAX_DIFF_LINES])
            if len(lines) > _MAX_DIFF_LINES:
                text += f"  … {len(lines) - _MAX_DIFF_LINES} more lines; to see all: {style.command} generate --diff\n"
            text += "\n"
        hint = hints[change.path]
        yield text + (f"  = hint: {hint}\n" if hint else "")
