"""The context of a cursor: a key, a value, or either, and the mapping or list that it belongs to."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from generator.diagnostics import Pointer
from generator.editor.outline import Key, Scanner, indent_of, scan


class Wanted(Enum):
    """What can be written at a cursor."""

    KEY = "key"
    VALUE = "value"
    EITHER = "either"
    """A value of its own, or the first key of a map, or the first item of a list."""


class Cursor(NamedTuple):
    """A cursor, and the word that it is in."""

    wanted: Wanted
    pointer: Pointer
    """Of the map for a key, and of the value itself otherwise."""
    line: int
    start: int
    """Where the word begins; columns count from 1."""
    end: int
    """Where the word ends, exclusive."""
    has_colon: bool = False
    """Whether a colon follows the word already."""
    in_brackets: bool = False
    in_item: bool = False
    """Whether the dash of the list's item is there already."""
    needs_blank: bool = False
    """Whether the colon of the key is right before the cursor."""


_COMMENT = re.compile(r"(?:^|\s)#")
_KEY_REST = re.compile(r"[\w./-]*")
_VALUE_REST = re.compile(r"[^\s,\[\]{}#]*")
_LAST_WORD = re.compile(r"(\"[^\"]*|'[^']*|[^\s,\[\]{}:\"']+(?::[^\s,\[\]{}\"']+)*)$")


def cursor_at(text: str, line: int, column: int) -> Cursor | None:
    """Return the cursor at a place of a text; None where nothing can be completed, as in a comment."""
    lines = text.split("\n")
    whole = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    before = whole[: column - 1]
    scanner = Scanner()
    for above in lines[: line - 1]:
        scanner.line(above)
    start = indent_of(before)
    if scanner.text_below is not None:
        if start > scanner.text_below:
            return None
        scanner.text_below = None
    scanner.belongs_above(whole, indent_of(whole))
    if scanner.quote:
        return None
    if scanner.in_brackets:
        return _in_brackets(scanner, before, whole, line, start)
    return _by_indentation(scanner, before, whole, line, start)


def keys_beside(text: str, cursor: Cursor) -> set[str]:
    """Return the keys of the map that a cursor is in, but for the one that it is about to write."""
    found = set()
    for key in scan(text):
        own = key.line == cursor.line and key.column <= cursor.start < key.end
        if key.pointer[:-1] == cursor.pointer and not own:
            found.add(str(key.pointer[-1]))
    return found


def key_at(text: str, line: int, column: int) -> Key | None:
    """Return the key that a place is in; None for none."""
    return next((key for key in scan(text) if key.line == line and key.column <= column <= key.end), None)


def _in_brackets(scanner: Scanner, before: str, whole: str, line: int, at: int) -> Cursor | None:
    """Return the cursor within brackets that were opened on a line above."""
    word = max(at, _last_word(before))
    scanner.flow(before[:word], at)
    return _bracketed(scanner, before, whole, line, word)


def _by_indentation(scanner: Scanner, before: str, whole: str, line: int, start: int) -> Cursor | None:
    above = len(scanner.keys)
    scanner.block(before, start)
    if scanner.text_below is not None or _COMMENT.search(before):
        return None
    if scanner.in_brackets:
        return _bracketed(scanner, before, whole, line, _last_word(before))
    if scanner.quote:
        return _value(scanner.pointer, before, whole, line, _last_word(before))
    own = scanner.keys[above:]
    if own and own[-1].end <= len(before):
        return _beside(scanner.pointer, before, whole, line, own[-1])
    dashed = bool(re.match(r" *-(?:\s|$)", before))
    return _below(scanner, whole, line, _word_start(before), dashed=dashed)


def _bracketed(scanner: Scanner, before: str, whole: str, line: int, word: int) -> Cursor | None:
    if not scanner.in_brackets or _COMMENT.search(before[:word]):
        return None
    top = scanner.frames[-1]
    if not top.asked:
        return _key(Wanted.KEY, scanner.pointer[:-1], whole, line, word)._replace(in_brackets=True)
    cursor = _value(scanner.pointer, before, whole, line, word)
    return cursor._replace(in_brackets=True, in_item=top.kind == "[", needs_blank=before[word - 1 : word] == ":")


def _last_word(before: str) -> int:
    match = _LAST_WORD.search(before)
    return match.start() if match else len(before)


def _beside(pointer: Pointer, before: str, whole: str, line: int, key: Key) -> Cursor:
    """Return the cursor at a value on the line of its key."""
    colon = before.index(":", key.end - 1)
    rest = before[colon + 1 :]
    word = colon + 1 + len(rest) - len(rest.lstrip())
    return _value(pointer, before, whole, line, word)._replace(needs_blank=not rest)


def _below(scanner: Scanner, whole: str, line: int, word: int, *, dashed: bool) -> Cursor | None:
    """Return the cursor at a line's first word."""
    frames = scanner.frames
    if dashed and frames and frames[-1].kind == "list" and frames[-1].column < word:
        return _key(Wanted.EITHER, scanner.pointer, whole, line, word)._replace(in_item=True)
    scanner.settle(word)
    if not frames:
        return _key(Wanted.KEY, (), whole, line, word)
    if frames[-1].column == word:
        return _key(Wanted.KEY, scanner.pointer[:-1], whole, line, word)
    return None if frames[-1].taken else _key(Wanted.EITHER, scanner.pointer, whole, line, word)


def _word_start(before: str) -> int:
    bare = re.sub(r"^ *(?:- +)*(?:-$)?", "", before)
    return len(before) - len(bare)


def _key(wanted: Wanted, pointer: Pointer, whole: str, line: int, word: int) -> Cursor:
    match = _KEY_REST.match(whole, word)
    end = match.end() if match else word
    colon = whole[end:].lstrip().startswith(":")
    return Cursor(wanted, pointer, line, word + 1, end + 1, colon)


def _value(pointer: Pointer, before: str, whole: str, line: int, word: int) -> Cursor:
    if whole[word : word + 1] in ("'", '"'):
        closing = whole.find(whole[word], max(word + 1, len(before)))
        end = closing + 1 if closing >= 0 else len(before)
    else:
        match = _VALUE_REST.match(whole, max(word, len(before)))
        end = match.end() if match else len(before)
    return Cursor(Wanted.VALUE, pointer, line, word + 1, end + 1)
