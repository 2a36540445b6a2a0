"""Bytes to text: the encoding, and the characters that a spec must not contain.

A control character breaks the manifests of charts that print it, a bidirectional override makes a
reviewer read something else than the cluster does, and a lone carriage return is a line break for
one reader and a blank for the next.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from generator.diagnostics import Fix, Span
from generator.syntax.named_tuples import NamedTuple

MAX_BYTES = 256 * 1024
_MAX_REPORTED = 20

# C0 without tab, newline and carriage return; DEL and C1 (with NEL); line and paragraph separators;
# zero-width space, word joiner, byte order mark; the bidirectional controls; what is no character.
_FORBIDDEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff"
)
_FORBIDDEN_IN_FILE = re.compile(f"[{_FORBIDDEN}]|\r(?!\n)")
_FORBIDDEN_IN_VALUE = re.compile(f"[{_FORBIDDEN}\r]")
_ODD_SPACE = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_MARKS = ("<<<<<<< ", ">>>>>>> ")
_CONFLICT = re.compile(f"^(?:{'|'.join(_MARKS)})", re.MULTILINE)


class Problem(NamedTuple):
    """Something wrong at a place of the text, before it has a path."""

    rule: str
    span: Span
    message: str
    hint: str
    fix: Fix | None = None


class UnreadableError(Exception):
    """The bytes cannot be decoded as text."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def decode(raw: bytes) -> str:
    """Return the text of a file, without a byte order mark; raises UnreadableError."""
    if len(raw) > MAX_BYTES:
        raise UnreadableError(
            Problem(
                "TP006",
                Span(1, 1, 1, 1),
                f"the file has {len(raw):,} bytes; the maximum is {MAX_BYTES:,}",
                "move large data out of this file",
            )
        )
    return decode_any(raw)


def decode_any(raw: bytes) -> str:
    """Return the text of a file of any size, without a byte order mark; raises UnreadableError."""
    body = raw[3:] if raw.startswith(b"\xef\xbb\xbf") else raw
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw[:4]:
        raise UnreadableError(_encoding("the file looks like UTF-16 or UTF-32", Span(1, 1, 1, 1)))
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8")
        offset = error.start + len(raw) - len(body)
        message = f"byte 0x{body[error.start]:02x} at offset {offset} is not valid UTF-8"
        raise UnreadableError(_encoding(message, span_at(before, len(before), 0))) from None


def _encoding(message: str, span: Span) -> Problem:
    return Problem("TP004", span, message, "save the file as UTF-8")


def span_at(text: str, index: int, length: int = 1) -> Span:
    """Return the span of `length` characters from `index`, which must not cross a line."""
    line = text.count("\n", 0, index) + 1
    column = index - text.rfind("\n", 0, index)
    return Span(line, column, line, column + length)


def describe(character: str) -> str:
    """Return a printable name for a character, such as `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    import unicodedata

    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}{' ' + name if name else ''}"


def forbidden_in_file(text: str) -> list[Problem]:
    """Return the forbidden characters and conflict markers of a file's text."""
    if _is_plain(text):
        return []
    problems = []
    for match in _CONFLICT.finditer(text):
        span = span_at(text, match.start(), 7)
        problems.append(
            Problem("TP016", span, "the file contains a merge conflict", "resolve the conflict, then remove the marker lines")
        )
    for match in _FORBIDDEN_IN_FILE.finditer(text):
        if len(problems) == _MAX_REPORTED:
            break
        problems.append(_forbidden(match.group()[0], span_at(text, match.start())))
    return problems


def _is_plain(text: str) -> bool:
    """Tell quickly whether a text is printable ASCII in lines, none of them a marker of a conflict, as most files are."""
    return text.isascii() and not any(mark in text for mark in _MARKS) and text.replace("\n", "").isprintable()


def _forbidden(character: str, span: Span) -> Problem:
    if character == "\r":
        hint = "end every line with a newline, or with carriage return and newline"
        return Problem("TP017", span, "a carriage return without a newline", hint)
    return Problem(
        "TP005", span, f"forbidden character {describe(character)}", "delete it: it is invisible or breaks the manifests"
    )


def forbidden_in_value(value: str) -> str:
    """Return the first character that no value may contain, not even escaped; empty if absent."""
    match = _FORBIDDEN_IN_VALUE.search(value)
    return match.group() if match else ""


def stray_whitespace(text: str, scalars: list[tuple[int, int]]) -> list[Problem]:
    """Return tabs and odd spaces in the structure of a document.

    `scalars` are the (start, end) indexes of its quoted and block scalars, in order; within them and
    in comments any blank is text.
    """
    problems: list[Problem] = []
    start = 0
    for line in text.splitlines(keepends=True):
        if "\t" in line or re.search(_ODD_SPACE, line):
            problem = _stray_in_line(text, line, start, scalars)
            if problem:
                problems.append(problem)
                if len(problems) == _MAX_REPORTED:
                    break
        start += len(line)
    return problems


def _stray_in_line(text: str, line: str, start: int, scalars: list[tuple[int, int]]) -> Problem | None:
    for offset, character in enumerate(line):
        index = start + offset
        nearest = bisect_right(scalars, (index, len(text)))
        if nearest and index < scalars[nearest - 1][1]:
            continue
        if character == "#" and (offset == 0 or line[offset - 1] in " \t"):
            return None
        if character == "\t" or re.match(_ODD_SPACE, character):
            return _stray(character, span_at(text, index))
    return None


def _stray(character: str, span: Span) -> Problem:
    if character == "\t":
        message = "a tab; YAML readers agree only on spaces here"
        return Problem("TP005", span, message, "replace the tab with spaces")
    message = f"{describe(character)} looks like a space but is not one"
    return Problem("TP005", span, message, "replace it with a plain space, or put the string in double quotes")
