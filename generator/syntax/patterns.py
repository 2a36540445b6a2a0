"""Regular expressions that users write, matched in time that grows with the pattern times the text.

Python's parser reads them, so that they mean what they mean elsewhere; its matcher, which tries out one way
after the other, is not asked. All ways are followed at once instead. What cannot be matched like that (a
reference to a group, a look ahead or behind) is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from generator.syntax.pattern_states import (
    MAX_LENGTH,
    MAX_STATES,
    Builder,
    Checker,
    LargePatternError,
    PatternError,
    UnsupportedPatternError,
    built,
)

__all__ = [
    "MAX_LENGTH",
    "MAX_STATES",
    "LargePatternError",
    "Pattern",
    "PatternError",
    "UnsupportedPatternError",
    "check",
    "compiled",
]

_MOST_KNOWN = 500
"""The maximum number of moves that a pattern remembers, each with all states that it leads to."""
_MOST_STATES_KNOWN = 100
"""The maximum number of states of a pattern that remembers its moves."""


class Pattern:
    """A regular expression, ready to be matched."""

    __slots__ = ("_final", "_known", "_steps")

    def __init__(self, text: str, pay: Callable[[], None] = lambda: None) -> None:
        """Make a pattern; `pay` is called before each state is made. Raises PatternError."""
        builder = built(text, Builder(pay))
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


@lru_cache(maxsize=256)
def compiled(text: str) -> Pattern:
    """Return a pattern, made once; raises PatternError."""
    return Pattern(text)


def check(text: str) -> None:
    """Raise PatternError for a text that is not a pattern, without the states that it takes to match it."""
    built(text, Checker())
