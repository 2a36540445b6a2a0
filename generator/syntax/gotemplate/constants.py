"""Strings and numbers as Go writes them. Source: text/template/parse/node.go and strconv/quote.go."""

from __future__ import annotations

import re
from typing import Any

from generator.syntax.gotemplate import nodes
from generator.syntax.gotemplate.lexing import Token
from generator.syntax.gotemplate.problems import TemplateSyntaxError
from generator.syntax.gotemplate.values import cut

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)
_FLOAT = re.compile(r"\A(?![+-]?0[xX]).*[.eE]")
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"', "'": "'"}


def constant(token: Token) -> nodes.Constant:
    """Return the value of a token that is a constant; raises TemplateSyntaxError."""
    kinds: dict[str, Any] = {"string": _string, "char": _char, "number": _number}
    if token.kind in kinds:
        return nodes.Constant(kinds[token.kind](token), token.kind, token.at)
    return nodes.Constant({"true": True, "false": False}.get(token.text), token.kind, token.at)


def _string(token: Token) -> str:
    inner = token.text[1:-1]
    return inner if token.text[0] == "`" else _unescaped(inner, token)


def _unescaped(text: str, token: Token) -> str:
    def one(match: re.Match[str]) -> str:
        code = next((int(match[group], 8 if group == 4 else 16) for group in (1, 2, 3, 4) if match[group]), None)
        if code is not None and (code > 0x10FFFF or 0xD800 <= code < 0xE000):
            raise TemplateSyntaxError(f"`{match[0]}` is not a character", token.at)
        if code is None and match[5] not in _SIMPLE:
            raise TemplateSyntaxError(f"invalid escape `{match[0]}` in a string", token.at)
        return _SIMPLE[match[5]] if code is None else chr(code)

    return _ESCAPE.sub(one, text)


def _char(token: Token) -> int:
    text = _unescaped(token.text[1:-1], token)
    if len(text) != 1:
        raise TemplateSyntaxError(f"malformed character constant {cut(token.text)}", token.at)
    return ord(text)


def _number(token: Token) -> int | float:
    text = token.text.replace("_", "")
    try:
        if re.fullmatch(r"[+-]?0[0-7]+", text):
            return _whole(int(text, 8), token)
        return float(text) if _FLOAT.search(text) else _whole(int(text, 0), token)
    except ValueError:
        raise TemplateSyntaxError(f"`{cut(token.text)}` is not a valid number", token.at) from None


def _whole(number: int, token: Token) -> int:
    if not -(2**63) <= number < 2**64:
        raise TemplateSyntaxError(f"integer overflow: `{cut(token.text)}`", token.at)
    return number
