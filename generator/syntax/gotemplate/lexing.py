"""The tokens of a Go template. Source: text/template/parse/lex.go."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

from generator.syntax.gotemplate.problems import TemplateSyntaxError
from generator.syntax.gotemplate.values import cut

OPEN, CLOSE = "{{", "}}"
KEYWORDS = frozenset(("block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"))


class Token(NamedTuple):
    """One token: text, the braces, or a part of an action."""

    kind: str
    """text, open, close, space, or: keyword, name, field, variable, string, number, bool, nil, dot, and signs by themselves."""
    text: str
    at: int


_ACTION = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
    | (?P<sign>:=|=|\||\(|\)|,)
    | (?P<string>"(?:[^"\\\n]|\\.)*" | `[^`]*`)
    | (?P<char>'(?:[^'\\\n]|\\.)+')
    | (?P<variable>\$\w*)
    | (?P<field>\.[^\W\d]\w*)
    | (?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+
        | (?:[0-9][0-9_]*(?:\.[0-9_]*)? | \.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?))
    | (?P<dot>\.)
    | (?P<name>\w+)
    """,
    re.VERBOSE,
)
_WORD_ENDS = re.compile(r"[\s.,|:()=]|-?\}\}|\Z")
_WORDS = {"true": "bool", "false": "bool", "nil": "nil"}
_TRIMMED = " \t\r\n"


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a template; raises TemplateSyntaxError."""
    at, trims = 0, False
    while (start := text.find(OPEN, at)) >= 0:
        before = text[at:start]
        inner = start + len(OPEN)
        begins_trimmed = text[inner : inner + 1] == "-" and text[inner + 1 : inner + 2] in tuple(_TRIMMED)
        yield from _text(before, at, left=trims, right=begins_trimmed)
        inner += 2 if begins_trimmed else 0
        if text.startswith("/*", inner):
            at, trims = _comment(text, inner)
            continue
        yield Token("open", OPEN, start)
        end = yield from _action(text, inner, start)
        trims = text[end] == "-"
        at = end + (3 if trims else 2)
        yield Token("close", CLOSE, end)
    yield from _text(text[at:], at, left=trims, right=False)


def _text(text: str, at: int, *, left: bool, right: bool) -> Iterator[Token]:
    kept = text.lstrip(_TRIMMED) if left else text
    kept = kept.rstrip(_TRIMMED) if right else kept
    if kept:
        yield Token("text", kept, at)


def _comment(text: str, at: int) -> tuple[int, bool]:
    end = text.find("*/", at)
    if end < 0:
        raise TemplateSyntaxError("unclosed comment", at)
    match = _COMMENT_ENDS.match(text, end + 2)
    if not match:
        raise TemplateSyntaxError("comment ends before closing delimiter", at)
    return match.end(), len(match[0]) > 2


_COMMENT_ENDS = re.compile(r"(?:[ \t\r\n]-)?\}\}")


def _action(text: str, at: int, start: int) -> Generator[Token, None, int]:
    """Yield the tokens between the braces; returns where the closing ones, or the dash before them, are."""
    depth = 0
    while True:
        if text.startswith(CLOSE, at):
            if depth:
                raise TemplateSyntaxError("unclosed left paren", at)
            return at
        match = _ACTION.match(text, at)
        if match is None:
            raise TemplateSyntaxError(*_unreadable(text, at, start))
        kind, word = match.lastgroup or "", match[0]
        at = match.end()
        if kind == "space" and re.compile(r"-\}\}").match(text, at):
            if depth:
                raise TemplateSyntaxError("unclosed left paren", at)
            return at
        depth += {"(": 1, ")": -1}.get(word, 0) if kind == "sign" else 0
        if depth < 0:
            raise TemplateSyntaxError("unexpected right paren", match.start())
        yield _token(kind, word, match.start(), text)


def _token(kind: str, word: str, at: int, text: str) -> Token:
    if kind == "name":
        kind = "keyword" if word in KEYWORDS else _WORDS.get(word, "name")
    if kind == "sign":
        return Token(word, word, at)
    if kind in ("name", "keyword", "bool", "nil", "field", "variable") and not _WORD_ENDS.match(text, at + len(word)):
        raise TemplateSyntaxError(f"bad character `{text[at + len(word)]}`", at + len(word))
    if kind == "number" and re.match(r"\w", text[at + len(word) : at + len(word) + 1]):
        raise TemplateSyntaxError(f"`{cut(word + text[at + len(word)])}` is not a valid number", at)
    return Token(kind, word, at)


def _unreadable(text: str, at: int, start: int) -> tuple[str, int]:
    if at >= len(text):
        return "unclosed action: `}}` is missing", start
    if text[at] in "\"'`":
        return "unterminated quoted string", at
    return f"unexpected `{text[at]}` in an action", at
