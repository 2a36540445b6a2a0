"""Comments that ask to ignore findings: `# tiphys: ignore[TP201] because …`, as they are written.

At the end of a line such a comment is about that line; on a line of its own it is about the next line with
content; `ignore-file` is about the whole file. Which rules the names mean is up to the linter.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from generator.diagnostics import Span
from generator.syntax.reader.comments import Comment, comments

MARK = "tiphys:"
"""Part of every file with such a comment; other files need no second look."""

_FORM = re.compile(r"#\s*tiphys:\s*(?P<word>[A-Za-z-]+)\s*(?:\[(?P<rules>[^\]]*)\])?\s*(?P<rest>.*)")
_REASON = re.compile(r"because\s+\S", re.IGNORECASE)
_FILE = "ignore-file"


class Ignore(NamedTuple):
    """One comment in the form of a suppression, well-formed or not."""

    path: str
    span: Span
    about: int
    """The line that it is about; 0 for the whole file."""
    word: str
    """`ignore`, `ignore-file`, or any other word in their place, in lowercase."""
    rules: tuple[str, ...]
    """Ids and names of rules, as written."""
    has_reason: bool


def read(path: str, text: str) -> tuple[Ignore, ...]:
    """Return the comments of this form in a file without syntax errors."""
    after = _next_lines(text.split("\n"))
    return tuple(found for comment in comments(text) if (found := _ignore(path, comment, after)))


def _ignore(path: str, comment: Comment, after: list[int]) -> Ignore | None:
    match = _FORM.search(comment.text)
    if match is None:
        return None
    word = match["word"].lower()
    span = Span(comment.line, comment.column + match.start(), comment.line, comment.column + len(comment.text))
    about = 0 if word == _FILE else after[comment.line] if comment.alone else comment.line
    rules = tuple(name.strip() for name in (match["rules"] or "").split(",") if name.strip())
    return Ignore(path, span, about, word, rules, bool(_REASON.match(match["rest"])))


def _next_lines(lines: list[str]) -> list[int]:
    """Return for each line the next one that is neither empty nor a comment; one past the end without one."""
    found = [len(lines) + 1] * (len(lines) + 1)
    for number in range(len(lines), 0, -1):
        text = lines[number - 1].lstrip()
        found[number - 1] = number if text and not text.startswith("#") else found[number]
    return found
