"""Helm's `--set` and `--set-string`: `a.b=1,c[0]={x,y}` as changes of values.

Source: helm, pkg/strvals/parser.go
"""

from __future__ import annotations

import re
from typing import Any

_INTEGER = re.compile(r"(?:0|-?[1-9][0-9]{0,17})\Z")
_MOST_INDEX = 65_536
"""The largest index of a list that Helm accepts."""
_MOST_NESTING = 30
MOST_ENTRIES = 100_000
"""Entries that all changes together may add to lists: each index up to 65,536 makes those before it."""


class SetError(ValueError):
    """A text that Helm does not read as changes of values."""


def applied(values: dict[str, Any], *texts: str, strings: bool, most: int = MOST_ENTRIES) -> dict[str, Any]:
    """Return values with the changes of texts, each of which may have several; raises SetError.

    `strings` leaves every value a text; `most` is the number of entries that may be added to lists.
    """
    result: dict[str, Any] = _copy(values)
    for text in texts:
        reader = _Reader(text, strings=strings, most=most)
        while not reader.is_at_end:
            reader.change(result, 0)
        most = reader.left
    return result


def assigned(values: dict[str, Any], name: str, content: str) -> dict[str, Any]:
    """Return values with the content of a file at a path, as `--set-file` sets it; raises SetError."""
    result: dict[str, Any] = _copy(values)
    _Reader(f"{name}=", strings=True, content=content).change(result, 0)
    return result


def _copy(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _copy(value) for key, value in node.items()}
    return [_copy(item) for item in node] if isinstance(node, list) else node


class _Reader:
    def __init__(self, text: str, *, strings: bool, content: str | None = None, most: int = MOST_ENTRIES) -> None:
        self.left = most
        """Entries that may still be added to lists."""
        self._text = text
        self._at = 0
        self._strings = strings
        self._content = content

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._text)

    def change(self, data: dict[str, Any], depth: int) -> None:
        """Apply the next change to a map."""
        if depth > _MOST_NESTING:
            raise SetError(f"`{self._text}` is nested more than {_MOST_NESTING} levels deep")
        key, end = self._until(".[=,")
        if end == ".":
            inner = data.get(key)
            if not isinstance(inner, dict):
                inner = {}
            data[key] = inner
            self.change(inner, depth + 1)
        elif end == "[":
            items = data.get(key)
            data[key] = self._item(items if isinstance(items, list) else [], depth + 1)
        elif end == "=":
            data[key] = self._value()
        elif key:
            raise SetError(f"key `{key}` has no value")

    def _item(self, items: list[Any], depth: int) -> list[Any]:
        """Return a list with the change at the index that comes next."""
        if depth > _MOST_NESTING:
            raise SetError(f"`{self._text}` is nested more than {_MOST_NESTING} levels deep")
        text, end = self._until("]")
        if end != "]" or not text.isdecimal() or len(text) > len(str(_MOST_INDEX)) or int(text) > _MOST_INDEX:
            raise SetError(f"`{text}` is not an index of a list")
        index = int(text)
        self._grow(items, index + 1 - len(items))
        rest, end = self._until(".[=,")
        if rest or end not in (".", "[", "="):
            raise SetError(f"nothing is set at index {index}")
        if end == "=":
            items[index] = self._value()
        elif end == "[":
            inner = items[index]
            items[index] = self._item(inner if isinstance(inner, list) else [], depth + 1)
        else:
            inner = items[index]
            items[index] = inner if isinstance(inner, dict) else {}
            self.change(items[index], depth + 1)
        return items

    def _grow(self, items: list[Any], more: int) -> None:
        """Make a list long enough for an index."""
        if more > self.left:
            raise SetError("its indices make lists that are too long")
        self.left -= max(more, 0)
        items += [None] * more

    def _value(self) -> Any:
        if self._content is not None:
            self._at = len(self._text)
            return self._content
        if self._text[self._at : self._at + 1] == "{":
            return self._list()
        return self._typed(self._until(",")[0])

    def _list(self) -> list[Any]:
        self._at += 1
        found: list[Any] = []
        while True:
            word, end = self._until(",}")
            found.append(self._typed(word))
            if end == "}":
                break
            if not end:
                raise SetError("a list has no `}` at its end")
        if self._text[self._at : self._at + 1] == ",":
            self._at += 1
        return found

    def _until(self, ends: str) -> tuple[str, str]:
        """Return the text up to one of some characters, and which it is; a backslash takes the next one as it is."""
        found = []
        while not self.is_at_end:
            letter = self._text[self._at]
            self._at += 1
            if letter == "\\" and not self.is_at_end:
                found.append(self._text[self._at])
                self._at += 1
            elif letter in ends:
                return "".join(found), letter
            else:
                found.append(letter)
        return "".join(found), ""

    def _typed(self, word: str) -> Any:
        if self._strings:
            return word
        known = {"true": True, "false": False, "null": None}
        if word.lower() in known:
            return known[word.lower()]
        return int(word) if _INTEGER.match(word) else word
