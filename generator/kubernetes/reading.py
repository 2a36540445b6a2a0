"""How much rules read of the objects that others refer to: thousands of objects can refer to one that is large."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from generator.syntax.budget import Budget

MOST = 5_000_000
"""Values that the rules of a set read in all, about half a microsecond each."""
_FREE = 16
"""References of a set that are not paid for: most sets have no more."""
_SMALL = 64
"""Values of an object that are not paid for: all but large routes have no more."""
_LARGEST = 200_000
"""Values that are counted of an object, at most."""


class Reading:
    """What the rules may still read, in a set of objects: each reference counts all values of what it refers to."""

    __slots__ = ("_budget", "_is_limited", "_references", "_sizes")

    def __init__(self) -> None:
        self._budget = Budget(MOST)
        self._is_limited = False
        self._references = 0
        self._sizes: dict[int, int] = {}

    @contextmanager
    def limited(self, *, limit: bool = True) -> Iterator[None]:
        """Let rules pay for what they read, or let nothing be paid: raises SpentError where it is too much."""
        before, self._is_limited = self._is_limited, limit
        try:
            yield
        finally:
            self._is_limited = before

    def pay(self, values: int) -> None:
        """Pay for values that are about to be read, where reading is limited; raises SpentError."""
        if self._is_limited:
            self._budget.spend(values)

    def pay_for(self, spec: dict[str, Any]) -> None:
        """Pay for the values of the spec that another object refers to, as `pay` does; small ones cost nothing."""
        if not self._is_limited:
            return
        self._references += 1
        if self._references > _FREE:
            size = self._sizes.get(id(spec))
            if size is None:
                size = self._sizes[id(spec)] = _size(spec)
            self._budget.spend(max(0, size - _SMALL))


def _size(spec: dict[str, Any]) -> int:
    """Return the number of values in a spec, with those in them; one that is shared counts each time."""
    waiting: list[Any] = [spec]
    found = 0
    while waiting and found < _LARGEST:
        value = waiting.pop()
        found += 1
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return found
