"""The keys of YAML that is being typed, by indentation and brackets alone.

The reader refuses a document with one half-typed line. This reads lines one by one, so that such a
line affects only itself. In valid YAML it finds what the reader finds.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from generator.diagnostics import Pointer


class Key(NamedTuple):
    """A key and where it stands: line and columns count from 1, the end is exclusive."""

    pointer: Pointer
    line: int
    column: int
    end: int


class Frame(NamedTuple):
    """A map or list that is open, and which of its entries is."""

    kind: str
    """`map` and `list` by indentation, `{` and `[` by brackets."""
    column: int
    """Where its entries begin, from 0; that of the map or list around it for one in brackets."""
    part: str | int
    taken: bool = False
    """Whether the entry has its value on the same line, so that none can follow below."""
    asked: bool = True
    """Within braces: whether the value of the entry is to come, and not a key."""


_QUOTED = r'"(?:[^"\\]|\\.)*"|' + r"'(?:[^']|'')*'"
_BLOCK_KEY = re.compile(rf"({_QUOTED}|[^\s\"'#\[\]{{}},&*!|>%@`][^\n]*?)(?<![ \t])[ \t]*:(?=\s|$)")
_FLOW_WORD = re.compile(rf"({_QUOTED}|(?:[^\s,\[\]{{}}:\"']|:(?![\s,\[\]{{}}]|$)|[ \t]+(?=[^\s#,\[\]{{}}:]))+)")
_DASH = re.compile(r"-(?=\s|$)[ \t]*")
_BLANK = re.compile(r"[ \t\r]*(?:#.*)?$")
_BLOCK_SCALAR = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?$")
_TEXT_END = {'"': re.compile(r'(?:[^"\\]|\\.)*"'), "'": re.compile(r"(?:[^']|'')*'")}


class Scanner:
    """Reads lines, and knows after each which maps and lists are open."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.keys: list[Key] = []
        self.text_below: int | None = None
        """The column that lines of a block scalar are to the right of, while one is open."""
        self.quote = ""
        """The quotation mark of a text that goes on in the next line."""
        self._line = 0

    @property
    def pointer(self) -> Pointer:
        """The entry that is open."""
        return tuple(frame.part for frame in self.frames)

    @property
    def in_brackets(self) -> bool:
        """Whether a map or list in brackets is open."""
        return bool(self.frames) and self.frames[-1].kind in "{["

    @property
    def base(self) -> int:
        """The column that whatever belongs to the open entry is to the right of."""
        return self.frames[-1].column if self.frames else -1

    def line(self, text: str) -> None:
        """Read a line."""
        self._line += 1
        text = text.rstrip("\r")
        start = indent_of(text)
        if not self.belongs_above(text, start):
            return
        if self.quote:
            self._quoted(text, 0)
        elif self.in_brackets:
            self.flow(text, start)
        elif text.startswith(("---", "...")):
            self.frames.clear()
        else:
            self.block(text, start)

    def belongs_above(self, text: str, start: int) -> bool:
        """Tell whether a line is structure, and end what it cannot be part of by its indentation."""
        blank = _BLANK.match(text) is not None
        if self.text_below is not None:
            if start > self.text_below or not text.strip():
                return False
            self.text_below = None
        if not blank and start <= self.base and self._ends(text, start):
            self.quote = ""
            while self.in_brackets:
                self.frames.pop()
        return not blank or bool(self.quote)

    def _ends(self, text: str, start: int) -> bool:
        """Tell whether a line that is not indented enough ends what was left open above, and not just closes it."""
        return _starts_entry(text, start) if self.quote else self.in_brackets and text[start] not in "}],"

    def block(self, text: str, at: int) -> int:
        """Read what is at a column of a line, and return where its value begins; -1 where it has none here."""
        while match := _DASH.match(text, at):
            self._item(at)
            at = match.end()
            if _BLANK.match(text, at):
                return -1
        match = _BLOCK_KEY.match(text, at)
        if match is None or " #" in match[1]:
            return self._scalar(text, at)
        self.settle(at)
        if self._goes_on(at):
            return -1
        if self.frames and self.frames[-1].kind == "map" and self.frames[-1].column == at:
            self.frames.pop()
        self.frames.append(Frame("map", at, unquoted(match[1])))
        self._found(at, at + len(match[1]))
        return self._value(text, match.end())

    def settle(self, at: int) -> None:
        """Close what a line that begins at a column, and not with a dash, is outside of."""
        while self.frames and (
            self.frames[-1].column > at or (self.frames[-1].kind == "list" and self.frames[-1].column == at)
        ):
            self.frames.pop()

    def _goes_on(self, at: int) -> bool:
        """Tell whether a line continues the text that began on the line of the key above."""
        return bool(self.frames) and self.frames[-1].taken and self.frames[-1].column < at

    def _item(self, at: int) -> None:
        while self.frames and self.frames[-1].column > at:
            self.frames.pop()
        top = self.frames[-1] if self.frames else None
        if top is not None and top.kind == "list" and top.column == at and isinstance(top.part, int):
            self.frames[-1] = Frame("list", at, top.part + 1)
        else:
            self.frames.append(Frame("list", at, 0))

    def _scalar(self, text: str, at: int) -> int:
        """Read anything but a key: the value of a list's item, a half-typed key, or more of a text."""
        of_item = bool(self.frames) and self.frames[-1].kind == "list" and self.frames[-1].column < at
        return self._value(text, at) if of_item or text[at : at + 1] in ("{", "[") else -1

    def _value(self, text: str, at: int) -> int:
        while text[at : at + 1] in (" ", "\t"):
            at += 1
        if at >= len(text) or text[at] == "#":
            return -1
        if self.frames:
            self.frames[-1] = self.frames[-1]._replace(taken=True)
        if _BLOCK_SCALAR.match(text, at):
            self.text_below = self.base
        elif text[at] in "{[":
            self.flow(text, at)
        elif text[at] in "\"'":
            self._quoted(text, at + 1, text[at])
        return at

    def _quoted(self, text: str, at: int, mark: str = "") -> None:
        mark = mark or self.quote
        match = _TEXT_END[mark].match(text, at)
        self.quote = "" if match else mark
        if match and self.in_brackets:
            self.flow(text, match.end())

    def flow(self, text: str, at: int) -> None:
        """Read within brackets, to the end of the line or of the last bracket."""
        while at < len(text):
            letter = text[at]
            if letter == "#" and (at == 0 or text[at - 1] in " \t"):
                return
            if letter in "{[":
                self.frames.append(Frame(letter, self.base, "" if letter == "{" else 0, asked=letter == "["))
            elif letter in "}]":
                if self.in_brackets:
                    self.frames.pop()
                if not self.in_brackets:
                    return
            elif letter == ",":
                self._next()
            elif letter == ":":
                self.frames[-1] = self.frames[-1]._replace(asked=True)
            elif letter not in " \t":
                at = self._word(text, at)
                continue
            at += 1

    def _next(self) -> None:
        top = self.frames[-1]
        after = top.part + 1 if isinstance(top.part, int) else ""
        self.frames[-1] = top._replace(part=after, asked=top.kind == "[")

    def _word(self, text: str, at: int) -> int:
        match = _FLOW_WORD.match(text, at)
        if match is None:
            if text[at] in "\"'":
                self.quote = text[at]
                return len(text)
            return at + 1
        if self.frames[-1].kind == "{" and not self.frames[-1].asked:
            self.frames[-1] = self.frames[-1]._replace(part=unquoted(match[1]))
            if text[match.end() :].lstrip().startswith(":"):
                self._found(at, match.end())
        return match.end()

    def _found(self, start: int, end: int) -> None:
        self.keys.append(Key(self.pointer, self._line, start + 1, end + 1))


def scan(text: str) -> list[Key]:
    """Return the keys of a text, in its order."""
    scanner = Scanner()
    for line in text.split("\n"):
        scanner.line(line)
    return scanner.keys


def indent_of(text: str) -> int:
    """Return the number of spaces that a line begins with."""
    return len(text) - len(text.lstrip(" "))


def _starts_entry(text: str, at: int) -> bool:
    return bool(_DASH.match(text, at) or _BLOCK_KEY.match(text, at) or text.startswith(("---", "...")))


def unquoted(text: str) -> str:
    """Return a key without the quotation marks around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
