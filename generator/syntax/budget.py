"""One budget for what the files of a run may make it do: work is paid for before it is done, and nothing is given back.

A limit for each template, and one for each generator, bound nothing: files hold as many as their authors like.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

MOST_WORK = 200_000_000
"""Units of work of a run. One is about 15 nanoseconds of a processor, and stands for at most 4 bytes that are kept."""

LETTER = 1
"""A character of a text that is read, or made."""
ITEM = 40
"""A value in a list or a map."""
STEP = 100
"""A step of a template."""
FIELD = 200
"""A field of what is made."""
PARSED = 60
"""A character of YAML, JSON or a template that is parsed, or written."""


Made = TypeVar("Made")


class SpentError(Exception):
    """The budget of a run is used up: not a problem of one value, so that nothing but the run may catch it."""


class Budget:
    """The work that is left to a run."""

    __slots__ = ("_kept", "most", "spent")

    def __init__(self, most: int = MOST_WORK) -> None:
        self.most = most
        self.spent = 0
        self._kept: dict[str, Any] = {}

    @property
    def is_spent(self) -> bool:
        """Whether the run must do nothing more."""
        return self.spent > self.most

    def spend(self, units: int) -> None:
        """Pay for work that is about to be done; raises SpentError."""
        self.spent += units
        if self.spent > self.most:
            raise SpentError

    def kept(self, key: str, make: Callable[[], Made]) -> Made:
        """Return what is made of a text, which is made, and paid for, once."""
        if key not in self._kept:
            self._kept[key] = make()
        found: Made = self._kept[key]
        return found

    def read(self, values: list[Any] | tuple[Any, ...], factor: int = 1) -> None:
        """Pay for values that are read or made, with all that is in them: a part that they share counts each time."""
        waiting = list(values)
        while waiting:
            value = waiting.pop()
            self.spend(ITEM * factor)
            if isinstance(value, str):
                self.spend(len(value) * LETTER * factor)
            elif isinstance(value, dict):
                self.spend(len(value) * ITEM * factor)
                self.spend(sum(len(key) for key in value if isinstance(key, str)) * LETTER * factor)
                waiting.extend(value.values())
            elif isinstance(value, list):
                self.spend(len(value) * ITEM * factor)
                waiting.extend(value)
