"""Regular expressions that users write, matched in time that grows with the pattern times the text.

Python's parser reads them, so that they mean what they mean elsewhere; its matcher, which tries out one way
after the other, is not asked. All ways are followed at once instead. What cannot be matched like that (a
reference to a group, a look ahead or behind) is refused with the reason.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

MAX_LENGTH = 500
"""The maximum length of a pattern."""

MAX_STATES = 2_000
"""The maximum number of states of a pattern; `x{100}` has a hundred."""

_MOST_KNOWN = 500
"""The maximum number of moves that a pattern remembers, each with all states that it leads to."""
_MOST_STATES_KNOWN = 100
"""The maximum number of states of a pattern that remembers its moves."""

_parser: Any = import_module("re._parser")


class PatternError(ValueError):
    """A text is not a valid regular expression; has the reason."""


class UnsupportedPatternError(PatternError):
    """A regular expression has a part that no matcher in linear time knows, that of Go included."""


class LargePatternError(PatternError):
    """A regular expression is larger than those that are matched here."""


class _Step(NamedTuple):
    """One state of a matcher: what the next letter must be, what must hold here, or where else it goes on."""

    accepts: Callable[[str], bool] | None = None
    holds: Callable[[str, int], bool] | None = None
    forks: tuple[int, ...] = ()


class Pattern:
    """A regular expression, ready to be matched."""

    __slots__ = ("_final", "_known", "_steps")

    def __init__(self, text: str) -> None:
        builder = _Builder()
        tree = _parsed(text)
        try:
            builder.sequence(tree, tree.state.flags)
        except RecursionError:
            raise LargePatternError("it is nested too deeply") from None
        self._final = len(builder.steps)
        self._steps = builder.steps
        self._known: dict[tuple[frozenset[int], str], frozenset[int]] | None = None
        """Where letters lead to, as far as it was asked; None where an anchor asks for the place, and for a large pattern."""
        if self._final <= _MOST_STATES_KNOWN and not any(step.holds for step in self._steps):
            self._known = {}

    @property
    def size(self) -> int:
        """How many states it has: what a letter of a text costs at most."""
        return self._final + 1

    def fullmatch(self, text: str) -> bool:
        """Tell whether the whole text matches."""
        reached = self._entered((0,), text, 0)
        for position, letter in enumerate(text):
            if not reached:
                return False
            reached = self._moved(reached, text, position, letter)
        return self._final in reached

    def search(self, text: str, pay: Callable[[int], None] = lambda _states: None) -> bool:
        """Tell whether the text, or a part of it, matches; `pay` is told of the states before they are followed.

        A pattern without anchors begins at the same states everywhere, and follows a letter that it knows for nothing.
        """
        begun = reached = self._entered((0,), text, 0)
        for position, letter in enumerate(text):
            if self._final in reached:
                return True
            if self._known is None:
                pay(len(reached) + len(begun))
                begun = self._entered((0,), text, position + 1)
            elif (reached, letter) not in self._known:
                pay(len(reached))
            reached = self._moved(reached, text, position, letter) | begun
        return self._final in reached

    def _moved(self, reached: frozenset[int], text: str, position: int, letter: str) -> frozenset[int]:
        known = self._known
        if known is None:
            return self._stepped(reached, text, position, letter)
        found = known.get((reached, letter))
        if found is None:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            found = known[reached, letter] = self._stepped(reached, text, position, letter)
        return found

    def _stepped(self, reached: frozenset[int], text: str, position: int, letter: str) -> frozenset[int]:
        steps = self._steps
        moved = [state + 1 for state in reached if state < self._final and (step := steps[state].accepts) and step(letter)]
        return self._entered(moved, text, position + 1)

    def _entered(self, states: Iterable[int], text: str, position: int) -> frozenset[int]:
        """Return the states that are reached without a letter from here."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in found:
                continue
            found.add(state)
            if state < self._final:
                step = self._steps[state]
                waiting.extend(step.forks)
                if step.holds and step.holds(text, position):
                    waiting.append(state + 1)
        return frozenset(found)


def _parsed(text: str) -> Any:
    if len(text) > MAX_LENGTH:
        raise LargePatternError(f"it has {len(text):,} characters; at most {MAX_LENGTH} are allowed")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _parser.parse(text)
    except (re.error, OverflowError, ValueError) as error:
        raise PatternError(str(error)) from None
    except RecursionError:
        raise LargePatternError("it is nested too deeply") from None


class _Builder:
    """Turns the parser's output into steps; each part goes on at the step after its last one."""

    def __init__(self) -> None:
        self.steps: list[_Step] = []

    def add(self, step: _Step) -> int:
        if len(self.steps) == MAX_STATES:
            raise LargePatternError("it repeats too much: use smaller numbers in `{}`")
        self.steps.append(step)
        return len(self.steps) - 1

    def sequence(self, tree: Iterable[Any], flags: int) -> None:
        for name, argument in tree:
            self.part(str(name), argument, flags)

    def part(self, name: str, argument: Any, flags: int) -> None:
        if name in _REPEATS:
            least, most, tree = argument
            self.repeat(least, most, tree, flags)
        elif name == "SUBPATTERN":
            _, added, removed, tree = argument
            self.sequence(tree, (flags | added) & ~removed)
        elif name == "BRANCH":
            self.branches(argument[1], flags)
        elif name == "AT":
            self.add(_Step(holds=_place(str(argument), flags)))
        elif name in _LETTERS:
            self.add(_Step(accepts=_letter(name, argument, flags)))
        else:
            raise UnsupportedPatternError(
                f"{_REFUSED.get(name, name.lower())} is not supported: it cannot be matched in linear time"
            )

    def repeat(self, least: int, most: int, tree: Any, flags: int) -> None:
        endless = most is _parser.MAXREPEAT
        for _ in range(least):
            before = len(self.steps)
            self.sequence(tree, flags)
            if len(self.steps) == before:  # nothing, however often, is nothing
                return
        if endless:
            fork = self.add(_Step())
            self.sequence(tree, flags)
            back = self.add(_Step(forks=(fork,)))
            self.steps[fork] = _Step(forks=(fork + 1, back + 1))
            return
        forks = []
        for _ in range(least, most):
            forks.append(self.add(_Step()))
            self.sequence(tree, flags)
        for fork in forks:
            self.steps[fork] = _Step(forks=(fork + 1, len(self.steps)))

    def branches(self, trees: list[Any], flags: int) -> None:
        fork = self.add(_Step())
        starts, ends = [], []
        for tree in trees:
            starts.append(len(self.steps))
            self.sequence(tree, flags)
            ends.append(self.add(_Step()))
        self.steps[fork] = _Step(forks=tuple(starts))
        for end in ends:
            self.steps[end] = _Step(forks=(len(self.steps),))


_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_LETTERS = ("LITERAL", "NOT_LITERAL", "ANY", "IN")
_REFUSED = {
    "ASSERT": "a lookahead or lookbehind",
    "ASSERT_NOT": "a negative lookahead or lookbehind",
    "GROUPREF": "a backreference",
    "GROUPREF_EXISTS": "a conditional on a group",
    "POSSESSIVE_REPEAT": "a possessive quantifier such as `*+`",
    "ATOMIC_GROUP": "an atomic group",
}


def _letter(name: str, argument: Any, flags: int) -> Callable[[str], bool]:
    """Return what tells whether one letter is meant, which it does by a pattern of one letter."""
    if name == "ANY":
        return (lambda _letter: True) if flags & re.DOTALL else "\n".__ne__
    if name == "IN":
        items = [(str(kind), value) for kind, value in argument]
    else:
        items = [("NEGATE", None)] if name == "NOT_LITERAL" else []
        items.append(("LITERAL", argument))
    wanted = re.compile(f"[{''.join(_item(kind, value) for kind, value in items)}]", flags & (re.IGNORECASE | re.ASCII))
    return lambda letter: wanted.match(letter) is not None


def _item(kind: str, value: Any) -> str:
    """Return an item of a set of letters as it is written."""
    if kind == "NEGATE":
        return "^"
    if kind == "LITERAL":
        return f"\\U{value:08x}"
    if kind == "RANGE":
        return f"\\U{value[0]:08x}-\\U{value[1]:08x}"
    word = str(value).removeprefix("CATEGORY_")
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[word.removeprefix("NOT_")]
    return f"\\{letter.upper() if word.startswith('NOT_') else letter}"


def _place(name: str, flags: int) -> Callable[[str, int], bool]:
    """Return a function that tells whether an anchor matches at a place of a text, by Python's own reading of it."""
    wanted = re.compile(_ANCHORS[name], flags & (re.MULTILINE | re.ASCII))
    return lambda text, position: wanted.match(text, position) is not None


_ANCHORS = {
    "AT_BEGINNING": "^",
    "AT_BEGINNING_STRING": r"\A",
    "AT_BOUNDARY": r"\b",
    "AT_NON_BOUNDARY": r"\B",
    "AT_END": "$",
    "AT_END_STRING": r"\Z",
}


@lru_cache(maxsize=256)
def compiled(text: str) -> Pattern:
    """Return a pattern, made once; raises PatternError."""
    return Pattern(text)
