"""Write data as YAML, always in the same way.

Every scalar, as key or as value, reads back as the same type and text under YAML 1.1, YAML 1.2 and
Go's reader. Text is written plain only if no reader can read it as another type, as a
literal block or in single quotes where that is exact, and in double quotes otherwise. Nothing is ever folded: folding
at a line width is where emitters corrupt text.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

Data = Any
"""JSON data: mappings with string keys, lists, strings, integers, floats, booleans."""

# Words, names, paths, URLs, images, options (`a=b`), and numbers with a unit (`5m`, `64Mi`, `25%`).
# A colon may stand inside, where no blank follows; the sweep in tests/real/test_emit.py holds this to Helm.
_PLAIN = re.compile(r"(?:[A-Za-z_/$][A-Za-z0-9_./:=@%+-]*(?<!:)|[0-9]+(?:m|s|h|Ki|Mi|Gi|%))\Z")
_RESERVED = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))

# Between single quotes printable ASCII means itself to every reader, and needs no backslashes.
_SINGLE = re.compile(r"[ -&(-~]+\Z")

# A literal block is exact for printable ASCII whose lines neither start nor end with a blank, and
# which ends in one newline or in none.
_LITERAL = re.compile(r"[!-~](?:[ -~]*[!-~])?(?:\n(?: *[!-~](?:[ -~]*[!-~])?)?)*\n?\Z")

# Everything that is escaped inside double quotes: the quote and the backslash, control characters,
# blanks that are no space, breaks, invisible and bidirectional marks, what is no character, and the
# start of what the runner of GitHub takes for a command in any line that is printed.
_ESCAPED = re.compile(
    '["\\\\\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff0-\uffff]'
    "|[\U000e0000-\U000e0fff]"
    "|#(?=#\\[)"
)
_COMMAND = re.compile(r"##\[|^[^\S\n]*::", re.MULTILINE)
"""Lines that GitHub's runner would execute as commands if the file is printed."""
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

_MAX_SIMPLE_KEY = 1000
"""YAML allows 1,024 characters before the colon of a key."""

# Bounded memos of pure functions: services repeat each other's keys and values.
_KEYS: dict[str, str] = {}
_SCALARS: dict[str, str] = {}
_MAX_REMEMBERED = 20_000
_MAX_BLOCKS = 1_000
"""Subtrees that are remembered: those of the settings, and of a few services that share nothing else with each other."""


class EmitError(ValueError):
    """The data has no YAML that all readers agree on: a lone surrogate, an infinite number, no text as key."""


class Emitter:
    """Writes documents, and remembers the text of what it has written.

    Subtrees that several documents share (the same object, not an equal one) are written once. The
    memory is by identity, so it keeps what it remembers alive; it is emptied when it grows large.
    Data must not change once it was written.
    """

    __slots__ = ("_blocks", "_nulls")

    def __init__(self, *, nulls: bool = False) -> None:
        """Begin with an empty memory; `nulls` are refused, unless what another program made is written as it is."""
        self._blocks: dict[tuple[int, int], tuple[Data, str]] = {}
        self._nulls = nulls

    def document(self, data: Data, header: str = "") -> str:
        """Return the file's text: the header as a comment line, then the data; ends in one newline."""
        if len(self._blocks) > _MAX_BLOCKS:
            self._blocks.clear()
        lines = f"# {header}\n" if header else ""
        if isinstance(data, dict | list) and data:
            return lines + self._block(data, 0)
        return lines + _inline(data) + "\n"

    def _block(self, node: Data, indent: int) -> str:
        key = (id(node), indent)
        known = self._blocks.get(key)
        if known is not None:
            return known[1]
        text = self._map(node, indent) if type(node) is dict else self._list(node, indent)
        self._blocks[key] = (node, text)
        return text

    def _map(self, node: dict[str, Data], indent: int) -> str:
        margin, below = " " * indent, indent + 2
        lines = ""
        for key, value in node.items():
            name = _KEYS.get(key) or _key(key)
            kind = type(value)
            if kind is str:
                lines += f"{margin}{name} {_SCALARS.get(value) or _leaf(value, below)}\n"
            elif kind is int:
                lines += f"{margin}{name} {value}\n"
            elif (kind is dict or kind is list) and value:
                lines += f"{margin}{name}\n{self._block(value, below)}"
            elif value is None and self._nulls:
                lines += f"{margin}{name} null\n"
            else:
                lines += f"{margin}{name} {_inline(value)}\n"
        return lines

    def _list(self, node: list[Data], indent: int) -> str:
        margin, below = " " * indent, indent + 2
        lines = ""
        for value in node:
            kind = type(value)
            if (kind is dict or kind is list) and value:
                lines += f"{margin}- {self._block(value, below)[below:]}"
            elif value is None and self._nulls:
                lines += f"{margin}- null\n"
            else:
                lines += f"{margin}- {_leaf(value, below)}\n"
        return lines


def lines_of(value: Data) -> int:
    """Return how many lines a single value takes, that of its key included."""
    return (
        1 + value.removesuffix("\n").count("\n") + 1 if isinstance(value, str) and "\n" in value and _is_literal(value) else 1
    )


def emit(data: Data, header: str = "") -> str:
    """Return the YAML text of one document on its own; see Emitter.document."""
    return Emitter().document(data, header)


def _leaf(value: Data, indent: int) -> str:
    if isinstance(value, str) and "\n" in value and _is_literal(value):
        return _literal(value, indent)
    return _inline(value)


def _inline(value: Data) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, dict) and not value:
        return "{}"
    if isinstance(value, list) and not value:
        return "[]"
    raise EmitError(f"{type(value).__name__} cannot be in a generated file")


def _decimal(value: float) -> str:
    """Return a finite number without an exponent, which YAML 1.1 readers read as a string."""
    if not isfinite(value):
        raise EmitError("an infinite number cannot be in a generated file")
    if value.is_integer():
        return str(int(value))
    from decimal import Decimal

    return format(Decimal(repr(value)), "f")


def _key(key: Data) -> str:
    """Return a key with its colon."""
    if not isinstance(key, str):
        raise EmitError(f"a key must be a string, not {type(key).__name__}")
    text = _text(key)
    if len(text) > _MAX_SIMPLE_KEY:
        raise EmitError(f"a key of {len(key)} characters is too long for YAML")
    return _remembered(_KEYS, key, f"{text}:")


def _text(value: str) -> str:
    """Return a text on one line: plain if that is sure, else in double quotes."""
    text = value if _PLAIN.match(value) and value.lower() not in _RESERVED else _quoted(value)
    # A literal block depends on where it stands, so only what never becomes one is remembered.
    return text if "\n" in value else _remembered(_SCALARS, value, text)


def _remembered(memo: dict[str, str], key: str, text: str) -> str:
    if len(memo) >= _MAX_REMEMBERED:
        memo.clear()
    memo[key] = text
    return text


def _quoted(value: str) -> str:
    if _SINGLE.match(value) and ('"' in value or "\\" in value) and "##[" not in value:
        return f"'{value}'"
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise EmitError("a lone surrogate is not a valid character") from None
    return f'"{_ESCAPED.sub(_escape, value)}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    short = _SHORT_ESCAPES.get(character)
    if short:
        return short
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _is_literal(value: str) -> bool:
    return _LITERAL.match(value) is not None and not value.endswith("\n\n") and not _COMMAND.search(value)


def _literal(value: str, indent: int) -> str:
    margin = " " * indent
    mark = "|" if value.endswith("\n") else "|-"
    lines = value.removesuffix("\n").split("\n")
    return mark + "".join(f"\n{margin}{line}" if line else "\n" for line in lines)
