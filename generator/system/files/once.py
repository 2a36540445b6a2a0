"""Values that are made once from files, for all who need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from generator.system.files import watching
from generator.system.files.watching import Uses

Key = TypeVar("Key")
Value = TypeVar("Value")


class Once(Generic[Key, Value]):
    """Values by key. All who take one depend on what was asked of the disk to make it, not only the first."""

    def __init__(self) -> None:
        self._made: dict[Key, tuple[Value, Uses]] = {}

    def __call__(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key, which is made if it is the first time; what that raises is not kept."""
        known = self._made.get(key)
        if known is not None:
            watching.use(known[1])
            return known[0]
        uses = Uses()
        with watching.making(uses):
            made = make()
        self._made[key] = made, uses
        return made
