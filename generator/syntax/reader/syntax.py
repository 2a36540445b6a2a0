"""The YAML parser's complaints, with what to do about them."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from generator.diagnostics import Span
from generator.syntax.reader.characters import Problem


def tag_text(tag: str) -> str:
    """Return a tag as it is written in a file."""
    return "!!" + tag.removeprefix("tag:yaml.org,2002:") if tag.startswith("tag:yaml.org,2002:") else tag


_HINTS = (
    ("cannot start any token", "put the string in double quotes"),
    ("mapping values are not allowed", "check the indentation, or put a string that contains `: ` in double quotes"),
    ("could not find expected ':'", "a key needs a colon and a space after it; check the indentation"),
    ("did not find expected key", "check the indentation, and remove anything after a quoted string"),
    ("did not find expected ',' or", "close the bracket, and separate the items with commas"),
    ("did not find expected '-' indicator", "check the indentation of the list"),
    ("unexpected end of stream", "a quote or bracket is not closed"),
    ("unknown escape character", "double the backslash, or use single quotes: '\\d'"),
    ("invalid Unicode character code", "write the character itself: a lone surrogate is not valid"),
    ("did not find expected <document start>", "check the indentation, and that the file has one root"),
)


class TooDeepForParserError(Exception):
    """libyaml reads ahead, and met its own bound on nesting first; `before` is the text up to there."""

    def __init__(self, mark: Any, text: str) -> None:
        super().__init__("nested too deeply")
        self.before = text[: _offset(text, mark.line, mark.column)]


_TEMPLATE = re.compile(r"[^\S\n]*(\{\{|\{%|%)")
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line for libyaml, whose marks count lines."""


def _offset(text: str, line: int, column: int) -> int:
    """Return the index of a mark in the text."""
    start = 0
    for match in islice(_BREAK.finditer(text), line):
        start = match.end()
    return start + column


def _unclosed(text: str, line: int, column: int) -> Problem | None:
    """Return the problem of a quote that another string, lines below, closes just before a mark; else None."""
    lines = _BREAK.split(text)
    before = lines[line][:column] if line < len(lines) else ""
    quote = before[-1:]
    if quote not in ('"', "'") or before.count(quote) % 2 == 0:
        return None
    for above in range(line - 1, max(-1, line - _MOST_LINES), -1):
        if lines[above].count(quote) % 2:
            at = lines[above].rindex(quote)
            message = f"not valid YAML: the string that begins here ends only in line {line + 1}"
            hint = f"close it with {quote} in this line"
            return Problem("TP001", Span(above + 1, at + 1, above + 1, at + 2), message, hint)
    return None


_MOST_LINES = 100
"""How far above a complaint the string is looked for that was not closed."""


def complaint(error: Any, text: str) -> Problem:
    """Return the parser's complaint in our own form; it always has a place. Raises TooDeepForParserError."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    if "maximum nesting depth" in said:
        raise TooDeepForParserError(mark, text)
    hint = next((hint for start, hint in _HINTS if start in said), "check the indentation and the quotes near here")
    if mark is None:
        return Problem("TP001", Span(1, 1, 1, 1), f"not valid YAML: {said}", hint)
    if "could not find expected ':'" in said:  # the parser notices it in the line after that of the key
        mark = getattr(error, "context_mark", None) or mark
    span = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
    start = _offset(text, mark.line, 0)
    if unclosed := _unclosed(text, mark.line, mark.column):
        return unclosed
    if "cannot start any token" in said and text.startswith("\t", start + mark.column):
        return Problem("TP001", span, "not valid YAML: a tab cannot indent", "indent with spaces")
    if _TEMPLATE.match(text, start):
        hint = "remove the template syntax: a spec is plain data"
    return Problem("TP001", span, f"not valid YAML: {said}", hint)
