"""The states that match a regular expression, from the tree that Python's parser makes of it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from generator.syntax.named_tuples import NamedTuple

MAX_LENGTH = 500
"""The maximum length of a pattern."""

MAX_STATES = 2_000
"""The maximum number of states of a pattern; `x{100}` has a hundred."""

_parser: Any = import_module("re._parser")


class PatternError(ValueError):
    """A text is not a valid regular expression; has the reason."""


class UnsupportedPatternError(PatternError):
    """A regular expression has a part that no matcher in linear time knows, that of Go included."""


class LargePatternError(PatternError):
    """A regular expression is larger than those that are matched here."""


class Step(NamedTuple):
    """One state of a matcher: what the next letter must be, what must hold here, or where else it goes on."""

    accepts: Callable[[str], bool] | None = None
    holds: Callable[[str, int], bool] | None = None
    forks: tuple[int, ...] = ()


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


class Builder:
    """Turns the parser's output into steps; each part goes on at the step after its last one."""

    def __init__(self, pay: Callable[[], None] = lambda: None) -> None:
        self.steps: list[Step] = []
        self._pay = pay

    def add(self, step: Step) -> int:
        """Add a state and return its number; raises LargePatternError."""
        if len(self.steps) == MAX_STATES:
            raise LargePatternError("it repeats too much: use smaller numbers in `{}`")
        self._pay()
        self.steps.append(step)
        return len(self.steps) - 1

    def sequence(self, tree: Iterable[Any], flags: int) -> None:
        """Add the states of parts that follow one another."""
        for name, argument in tree:
            self.part(str(name), argument, flags)

    def part(self, name: str, argument: Any, flags: int) -> None:
        """Add the states of one part; raises UnsupportedPatternError."""
        if name in _REPEATS:
            least, most, tree = argument
            self.repeat(least, most, tree, flags)
        elif name == "SUBPATTERN":
            _, added, removed, tree = argument
            self.sequence(tree, (flags | added) & ~removed)
        elif name == "BRANCH":
            self.branches(argument[1], flags)
        elif name == "AT":
            self.add(Step(holds=_place(str(argument), flags)))
        elif name in _LETTERS:
            self.add(Step(accepts=_letter(name, argument, flags)))
        else:
            raise UnsupportedPatternError(
                f"{_REFUSED.get(name, name.lower())} is not supported: it cannot be matched in linear time"
            )

    def repeat(self, least: int, most: int, tree: Any, flags: int) -> None:
        """Add the states of a part that comes several times."""
        endless = most is _parser.MAXREPEAT
        for _ in range(least):
            before = len(self.steps)
            self.sequence(tree, flags)
            if len(self.steps) == before:  # nothing, however often, is nothing
                return
        if endless:
            fork = self.add(Step())
            self.sequence(tree, flags)
            back = self.add(Step(forks=(fork,)))
            self.steps[fork] = Step(forks=(fork + 1, back + 1))
            return
        forks = []
        for _ in range(least, most):
            forks.append(self.add(Step()))
            self.sequence(tree, flags)
        for fork in forks:
            self.steps[fork] = Step(forks=(fork + 1, len(self.steps)))

    def branches(self, trees: list[Any], flags: int) -> None:
        """Add the states of alternatives."""
        fork = self.add(Step())
        starts, ends = [], []
        for tree in trees:
            starts.append(len(self.steps))
            self.sequence(tree, flags)
            ends.append(self.add(Step()))
        self.steps[fork] = Step(forks=tuple(starts))
        for end in ends:
            self.steps[end] = Step(forks=(len(self.steps),))


class Checker(Builder):
    """Takes each part once, however often it repeats: enough to know whether a pattern can be matched."""

    def repeat(self, _least: int, _most: int, tree: Any, flags: int) -> None:
        """Add the states of a part once."""
        self.sequence(tree, flags)


def built(text: str, builder: Builder) -> Builder:
    """Return a builder with the states of a pattern; raises PatternError."""
    tree = _parsed(text)
    try:
        builder.sequence(tree, tree.state.flags)
    except RecursionError:
        raise LargePatternError("it is nested too deeply") from None
    return builder


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
