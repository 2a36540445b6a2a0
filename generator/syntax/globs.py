"""Globs, matched without backtracking: the work grows with the pattern times the path, whatever is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

DEEP = "**"


class Glob:
    """A glob over posix paths: `*` and `?` stay in one folder, `**/` is any number of folders."""

    __slots__ = ("_runs", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        *folders, name = text.split("/")
        runs: list[list[_Part]] = [[]]
        for folder in folders:
            if folder == DEEP:
                runs.append([])
            else:
                runs[-1].append(_part(folder))
        runs[-1].append(_part(name))
        self._runs = runs

    def match(self, path: str) -> bool:
        """Tell whether a whole path matches."""
        return _in_order(self._runs, path.split("/"), _fits)

    def __repr__(self) -> str:
        return f"Glob({self.text!r})"


_Part = Callable[[str], bool]
"""Tells whether one name matches the part between two slashes."""


def _in_order(runs: Sequence[Sequence[Any]], subject: Sequence[Any], fits: Callable[[Any, Any, int], bool]) -> bool:
    """Tell whether runs, each of a fixed length, fit into a subject one after the other, from its start to its end.

    With anything allowed between two runs, the first place at which one fits is as good as any later one,
    so no choice is ever taken back.
    """
    first, *middle = runs
    if not middle:
        return len(first) == len(subject) and fits(first, subject, 0)
    last = middle.pop()
    position, end = len(first), len(subject) - len(last)
    if position > end or not fits(first, subject, 0) or not fits(last, subject, end):
        return False
    for run in middle:
        while position + len(run) <= end and not fits(run, subject, position):
            position += 1
        position += len(run)
    return position <= end


def _fits(run: Sequence[_Part], names: Sequence[str], start: int) -> bool:
    return all(part(names[start + index]) for index, part in enumerate(run))


@lru_cache(maxsize=1024)
def _part(text: str) -> _Part:
    if "*" not in text and "?" not in text:
        return text.__eq__
    pieces = re.sub(r"\*+", "*", text).split("*")
    if len(pieces) == 2 and "?" not in text:
        (start, end), least = pieces, len(text) - text.count("*")
        return lambda name: len(name) >= least and name.startswith(start) and name.endswith(end)
    return lambda name: _in_order(pieces, name, _letters)


def _letters(piece: str, name: str, start: int) -> bool:
    """Tell whether a piece is at a place of a name; a `?` is any letter."""
    if "?" not in piece:
        return name.startswith(piece, start)
    return all(letter in ("?", name[start + index]) for index, letter in enumerate(piece))


def folder_of(glob: str) -> str:
    """Return the folder that every path of a glob is below; empty for the root."""
    fixed = []
    for part in glob.split("/")[:-1]:
        if any(letter in part for letter in "*?"):
            break
        fixed.append(part)
    return "/".join(fixed)


MAX_DEEP = 3
"""How many `**/` a glob keeps that another program is given, whose matcher tries them all out."""


def widened(glob: str) -> str:
    """Return a glob that matches at least the same, and that every matcher handles quickly."""
    parts = [re.sub(r"\*{2,}", "*", part) if part != DEEP else part for part in glob.split("/")]
    kept = [part for index, part in enumerate(parts) if part != DEEP or parts[index - 1 : index] != [DEEP]]
    if kept.count(DEEP) <= MAX_DEEP and all(part.count("*") <= MAX_DEEP for part in kept):
        return "/".join(kept)
    folder = folder_of(glob)
    return f"{folder}/{DEEP}" if folder else DEEP


class Pattern:
    """A glob of Argo CD.

    `*` does not cross a separator, `**` does, `?` is one character other than a separator, and `[a-z]` is one of
    those characters, `[!a-z]` one of the others. Source: gobwas/glob, syntax/lexer
    """

    __slots__ = ("_any", "_classes", "_literal", "_one", "_separator", "_stars", "_states")

    def __init__(self, text: str, separator: str = "") -> None:
        self._separator = separator
        self._literal: dict[str, int] = {}
        self._one = self._stars = self._any = 0
        self._classes: list[tuple[int, Callable[[str], bool]]] = []
        tokens = re.findall(r"\*\*|\[[^\]]+\]|.", re.sub(r"\*{2,}", DEEP, text), re.DOTALL)
        for index, word in enumerate(tokens):
            bit = 1 << index
            if word == DEEP:
                self._any |= bit
            elif word == "*":
                self._stars |= bit
            elif word == "?":
                self._one |= bit
            elif len(word) > 1:
                self._classes.append((bit, _letter_of(word[1:-1])))
            else:
                self._literal[word] = self._literal.get(word, 0) | bit
        self._states = len(tokens)

    def fullmatch(self, text: str) -> bool:
        """Tell whether a whole text matches: all places in the pattern that can be reached are followed at once."""
        skipped = self._stars | self._any
        reached = self._entered(1, skipped)
        for letter in text:
            inside = letter != self._separator
            moved = reached & (self._literal.get(letter, 0) | (self._one if inside else 0))
            for bit, fits in self._classes:
                if reached & bit and fits(letter):
                    moved |= bit
            stays = reached & (skipped if inside else self._any)
            reached = self._entered(moved << 1 | stays, skipped)
        return bool(reached >> self._states & 1)

    @staticmethod
    def _entered(states: int, skipped: int) -> int:
        """Return the places with those behind a star that stands for nothing; no two stars stand side by side."""
        return states | (states & skipped) << 1


def _letter_of(text: str) -> Callable[[str], bool]:
    """Return whether a character is in a class, such as `a-z` or `!abc`."""
    others = text.startswith("!")
    parts = re.findall(r".-.|.", text.removeprefix("!"), re.DOTALL)
    return lambda letter: any(part[0] <= letter <= part[-1] for part in parts) is not others


_MOST_ALTERNATIVES = 1_000


class Doublestar:
    """A glob over posix paths with classes and alternatives: `[a-z]`, `{a,b}`; `**` is any number of directories.

    Source: github.com/bmatcuk/doublestar, match.go
    """

    __slots__ = ("_every",)

    def __init__(self, text: str) -> None:
        """Read a glob; raises ValueError for one with too many alternatives."""
        self._every = [[_segment(part) for part in one.split("/")] for one in alternatives(text)]

    def match(self, path: str) -> bool:
        """Tell whether a whole path matches."""
        names = path.split("/")
        return any(_follow(segments, names) for segments in self._every)


def alternatives(text: str) -> list[str]:
    """Return the globs that a glob with `{a,b}` stands for; raises ValueError for more than a thousand."""
    found, waiting = [], [text]
    while waiting:
        one = waiting.pop()
        start = one.find("{")
        end, commas = _braces(one, start)
        if not end:
            found.append(one)
        else:
            edges = [start, *commas, end]
            parts = [one[left + 1 : right] for left, right in pairwise(edges)]
            waiting += [f"{one[:start]}{part}{one[end + 1 :]}" for part in reversed(parts)]
        if len(found) + len(waiting) > _MOST_ALTERNATIVES:
            raise ValueError(f"it stands for more than {_MOST_ALTERNATIVES:,} globs")
    return found


def _braces(text: str, start: int) -> tuple[int, list[int]]:
    """Return where the braces end that start at a place, and the commas between; 0 without an end."""
    depth, commas = 0, []
    for index in range(start, len(text)) if start >= 0 else ():
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if text[index] == "," and depth == 1:
            commas.append(index)
        if not depth:
            return index, commas
    return 0, []


def _segment(text: str) -> _Part | None:
    """Return whether a name matches the part between two slashes; None if it is any number of directories."""
    return None if text == DEEP else Pattern(text, "/").fullmatch


def _follow(segments: Sequence[_Part | None], names: Sequence[str]) -> bool:
    """Tell whether names match: all places in the glob that can be reached are followed at once."""
    reached = _passed(segments, {0})
    for name in names:
        stays = {place for place in reached if place < len(segments) and segments[place] is None}
        moved = {place + 1 for place in reached - stays if place < len(segments) and segments[place](name)}  # type: ignore[misc]
        reached = _passed(segments, stays | moved)
    return len(segments) in reached


def _passed(segments: Sequence[_Part | None], reached: set[int]) -> set[int]:
    """Return the places with those behind a `**` that stands for nothing."""
    found = set(reached)
    for place in range(len(segments)):
        if place in found and segments[place] is None:
            found.add(place + 1)
    return found
