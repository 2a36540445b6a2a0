"""The parts of an expression: names, operators, brackets, numbers and strings."""

from __future__ import annotations

import re

from generator.syntax.named_tuples import NamedTuple

UNARY = {"not": 50, "!": 50, "-": 90, "+": 90}
COMPARING = ("<", ">", "<=", ">=")
IN_TEXT = ("matches", "contains", "startsWith", "endsWith")
BINARY = {
    "|": 0,
    **dict.fromkeys(("or", "||"), 10),
    **dict.fromkeys(("and", "&&"), 15),
    **dict.fromkeys(("==", "!=", "in", *COMPARING, *IN_TEXT), 20),
    "..": 25,
    **dict.fromkeys("+-", 30),
    **dict.fromkeys("*/%", 60),
    **dict.fromkeys(("**", "^"), 100),
    "??": 500,
}
RIGHT = ("**", "^")
NEGATED = ("in", *IN_TEXT)
OPERATOR_WORDS = frozenset([*NEGATED, "not", "or", "and", "let", "if", "else"])
# `name` excludes ASCII rather than listing the rest of Unicode: a class of high ranges takes 4 ms to compile.
_TOKEN = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))+)
    |(?P<string>[bB]?"(?:[^"\\\n]|\\.)*"|[bB]?'(?:[^'\\\n]|\\.)*'|`[^`]*`)
    |(?P<placeholder>\{\{[^{}]*\}\}|\$\([^()]*\)|\$\{[^{}]*\})
    |(?P<number>0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
        |(?:[0-9][0-9_]*(?:\.(?!\.)[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?)(?![\w$])
    |(?P<name>[^\x00-\#%-@[-^`{-\x7f][\w$]*)
    |(?P<operator>\?\.|\?\?|\?|\|\||\||::|:|\#\#?|&&|[!=<>]=|\*\*|\.\.|[.,;%+\-^!<>*/=&])
    |(?P<bracket>[()\[\]{}])""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A part of an expression."""

    what: str
    text: str


class ExpressionError(ValueError):
    """What is wrong with a condition, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def tokens(text: str) -> list[Token]:
    """Return the parts of an expression; raises ExpressionError for anything else."""
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            closing = "close the string" if text[at] in "\"'`" else f"remove `{text[at]}`"
            raise ExpressionError(f"unexpected `{text[at : at + 12]}`", closing)
        at = match.end()
        what = str(match.lastgroup)
        if what == "name" and match[0] in OPERATOR_WORDS:
            what = "operator"
        if what != "space":
            found.append(Token(what, match[0]))
    return found
