"""Take an expression apart into tokens."""

from __future__ import annotations

import re
from typing import NamedTuple, Self

LONGEST = 4096
"""Characters of an expression."""


class CelError(ValueError):
    """An expression that cannot be read, or whose evaluation fails; `offset` is where, in characters."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset

    def bare(self) -> Self:
        """Return the same error to keep: one that was raised keeps its frames, and the error that it was raised for.

        Those keep all texts that the expression had made. `from None` hides that other error, and does not let it go.
        """
        return type(self)(self.message, self.offset)


class AbsentError(CelError):
    """An evaluation that fails because a field or key is absent."""


class UndecidedError(CelError):
    """An expression that is valid, and that needs what is not known here: a function, or a value."""


class Token(NamedTuple):
    """A word of an expression: `kind` is name, int, float, string, sign or end."""

    kind: str
    text: str
    offset: int
    value: str | int | float = ""


_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
    |(?P<float>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    |(?P<int>0x[0-9a-fA-F]+|[0-9]+)u?
    |(?P<raw>[rR](?:"[^"\n]*"|'[^'\n]*'))
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|\.\?|[-+*/%!<>?:.,()\[\]{}])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_MOST_DIGITS = 400


def tokens(text: str) -> list[Token]:
    """Return the tokens of an expression, the last one an end; raises CelError."""
    if len(text) > LONGEST:
        raise CelError(f"the expression has {len(text):,} characters; the maximum is {LONGEST:,}")
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            what = "a string without its end" if text[at] in "\"'" else f"unexpected `{text[at]}`"
            raise CelError(what, at)
        if match.lastgroup != "blank":
            found.append(_token(match.lastgroup, match[match.lastgroup], at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def _token(kind: str, text: str, offset: int) -> Token:
    if kind in ("int", "float") and len(text) > _MOST_DIGITS:
        raise CelError("the number is too long", offset)
    if kind == "int":
        return Token(kind, text, offset, int(text, 16 if text.startswith("0x") else 10))
    if kind == "float":
        return Token(kind, text, offset, float(text))
    if kind == "raw":
        return Token("string", text, offset, text[2:-1])
    if kind == "string":
        return Token(kind, text, offset, _ESCAPE.sub(_unescaped, text[1:-1]))
    return Token(kind, text, offset)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) == 1:
        return _ESCAPES.get(code, code)
    return chr(int(code, 8)) if code[0].isdigit() else chr(int(code[1:], 16))
