"""Text that is a secret by its look, or by what is written before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Self

from generator.syntax.named_tuples import NamedTuple

MASK = "(masked)"
"""The mask that replaces a secret."""

_MOST_KNOWN = 20_000
"""Texts whose answer is remembered: services repeat each other's."""

_FILLED_IN = (
    r"\s*+(?:\$\(\w+\)|\$\{\w+\}|\$[A-Za-z][\w.:-]*|\{\{[^{}]*\}\}|<[^<>]*>|ref\+\S+|vault:\S+|op://\S+|arn:aws:\S+)?\s*+\Z"
)
"""Text that stands for a secret which is put there later; compiled at first use, as most runs meet none."""

_LOOKS = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[0-9A-Za-z]{20,}"
    r"|\bgithub_pat_\w{20,}"
    r"|\bglpat-[-\w]{16,}"
    r"|\bxox[abeoprs]-[-0-9A-Za-z]{10,}"
    r"|\b[sr]k_(?:live|test)_[0-9A-Za-z]{10,}"
    r"|\bAIza[-\w]{30,}"
    r"|\b(?:npm|dckr_pat|pypi|hvs|SG|shpat|dop_v1|glsa|lin_api|sk-ant|sk-proj)[-_.][-\w.]{20,}"
    r"|\bAGE-SECRET-KEY-1[0-9A-Z]+"
    r"|\beyJ[-\w]{8,2000}\.[-\w]{8,}\.[-\w]*",
    re.DOTALL,
)
_SHORTEST_LOOK = 15
"""The length of the shortest text that `_LOOKS` matches."""
_TO_AT = re.compile(r"(?<!\S)\S+@")
"""Where to look for a password in an address: without an `@` after it, each `://` would search the rest of the text."""
_IN_ADDRESS = re.compile(r"(?<=://)([^/@\s:]*):([^@\s]+(?:@[^@\s/\"']+)*)@")
_USER_OF_ADDRESS = re.compile(r"(?i)(\b(?:https?|oci)://)([^/@\s:?#]+)@")
_ASSIGNED = re.compile(
    r"""(?ix) ((?<![\w.-])(?:[\w.-]*[_.-])?(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key)["']?
    \s*(?:=|:)\s*) (?: "([^"\n]+)" | '([^'\n]+)' | (\{\{[^{}\n]*\}\} | [^\s"',;&]+) )"""
)


Places = Sequence[tuple[int, int]]
"""Stretches of a line, from and to columns that count from 0; sorted, and none meets another."""


class Found(NamedTuple):
    """The secrets of a document; lines count from 0."""

    places: dict[int, Places]
    words: list[tuple[tuple[int, int], str]]
    """Each secret as it is read, with its first and last line."""


class Hidden(str):
    """A secret in the place where it stands: two compare by what they are, and say no more than `said`."""

    __slots__ = ("said",)
    said: str

    def __new__(cls, value: Any, said: str) -> Self:
        """Return a value that is said as `said`."""
        import json  # only `diff` hides values, and lint loads this module at every start

        made = super().__new__(cls, json.dumps(value))
        made.said = said
        return made

    def __str__(self) -> str:
        return self.said

    def __repr__(self) -> str:
        return repr(self.said)

    def __format__(self, how: str) -> str:
        return format(self.said, how)


_SIGNS = (
    (("pass",), r"pass"),
    (("pwd",), r"pwd"),
    (("secret",), r"secret"),
    (("token",), r"token"),
    (("credential",), r"credential"),
    (("dsn",), r"dsn"),
    (("authorization",), r"authorization"),
    (("key",), r"api.?key|[a-z] ?[-_.]? ?key"),
    (("connection",), r"connection.?string"),
    (("pin",), r"pin\b"),
    (("@",), r"://[^/\s]*@"),
    (("\\",), r"\\[xu]"),
    (("akia", "asia"), r"akia|asia"),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_"),
    (("_pat_",), r"_pat_"),
    (("glpat-",), r"glpat-"),
    (("xox",), r"xox[abeoprs]-"),
    (("k_live_", "k_test_"), r"[sr]k_(?:live|test)_"),
    (("aiza",), r"aiza"),
    (("eyj",), r"\beyj"),
    (("npm", "hvs", "sg", "shpat", "dop_v1", "glsa", "pypi"), r"\b(?:npm|hvs|sg|shpat|dop_v1|glsa|pypi)[-_.]"),
    (("lin_api", "sk-ant", "sk-proj"), r"\b(?:lin_api|sk-ant|sk-proj)[-_.]"),
)
"""What a text with a secret holds, as a pattern in lowercase, and what any match of the pattern holds one of."""
_NEEDED = tuple(word for words, _ in _SIGNS for word in words)
_MAY_HOLD = "(?i)" + "|".join(pattern for _, pattern in _SIGNS)


def is_filled_in(text: str) -> bool:
    """Tell whether text only stands for a secret that is put there later."""
    return re.match(_FILLED_IN, text) is not None


def may_hold(text: str) -> bool:
    """Tell quickly whether anything in the text of a file may be a secret; what is escaped may be."""
    if text.isascii():  # other letters have lowercase forms that the pattern, which ignores case, does not know, and reversely
        lowered = text.lower()
        if not any(word in lowered for word in _NEEDED):
            return False  # as most texts, a hundred times faster than the pattern says so
    return re.search(_MAY_HOLD, text) is not None


def looks(text: str, *, assigned: bool) -> Iterator[tuple[int, int]]:
    """Yield where in a text something is that is a secret by its look, or (`assigned`) by the name before it."""
    for match in _LOOKS.finditer(text):
        yield match.span()
    for around in _TO_AT.finditer(text):
        for match in _IN_ADDRESS.finditer(text, *around.span()):
            if not re.match(_FILLED_IN, match[2]):
                yield match.span(2)
    for match in _USER_OF_ADDRESS.finditer(text):
        if not re.match(_FILLED_IN, match[2]):
            yield match.span(2)
    for match in _ASSIGNED.finditer(text) if assigned else ():
        group = next(group for group in (2, 3, 4) if match[group])
        if not re.match(_FILLED_IN, match[group]) and match[group] != MASK:
            yield match.span(group)


@lru_cache(_MOST_KNOWN, typed=True)
def without_looks(text: str) -> str:
    """Return a text without what is a secret by its look, or by what is written before it."""
    if len(text) >= _SHORTEST_LOOK:
        text = _LOOKS.sub(MASK, text)
    if "://" in text and "@" in text:
        text = _TO_AT.sub(lambda around: _IN_ADDRESS.sub(_password, around[0]), text)
        text = _USER_OF_ADDRESS.sub(lambda match: f"{match[1]}{match[2] if re.match(_FILLED_IN, match[2]) else MASK}@", text)
    return _ASSIGNED.sub(_assignment, text) if "=" in text or ":" in text else text


def _password(match: re.Match[str]) -> str:
    return f"{match[1]}:{match[2] if re.match(_FILLED_IN, match[2]) else MASK}@"


def _assignment(match: re.Match[str]) -> str:
    value = match[2] or match[3] or match[4]
    return match[0] if re.match(_FILLED_IN, value) or value == MASK else f"{match[1]}{MASK}"
