"""The persistent collections that jsonschema and referencing take from rpds-py, which is Rust and is not made for browsers.

Each method returns a new collection that is a copy: the ones of a validator hold a dozen schemas. Only what the two
use is here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Self


class HashTrieMap(dict[Any, Any]):
    """A mapping that methods copy instead of changing it."""

    @classmethod
    def convert(cls, value: Any) -> HashTrieMap:
        """Return a mapping, or pairs, as one of these."""
        return value if isinstance(value, cls) else cls(value)

    def insert(self, key: Hashable, value: Any) -> HashTrieMap:
        """Return a copy with one more key."""
        return HashTrieMap({**self, key: value})

    def remove(self, key: Hashable) -> HashTrieMap:
        """Return a copy without a key; raises KeyError without it."""
        rest = HashTrieMap(self)
        del rest[key]
        return rest

    def update(self, *more: Any, **named: Any) -> HashTrieMap:  # type: ignore[override]
        """Return a copy with more keys."""
        changed = dict(self)
        changed.update(*more, **named)
        return HashTrieMap(changed)


class HashTrieSet(frozenset[Any]):
    """A set that methods copy instead of changing it."""

    def insert(self, value: Hashable) -> HashTrieSet:
        """Return a copy with one more value."""
        return HashTrieSet((*self, value))

    def discard(self, value: Hashable) -> HashTrieSet:
        """Return a copy without a value."""
        return HashTrieSet(self - {value})

    def update(self, *more: Iterable[Any]) -> HashTrieSet:
        """Return a copy with more values."""
        return HashTrieSet(self.union(*more))


class List(tuple[Any, ...]):
    """A list that grows at its front."""

    __slots__ = ()

    def __new__(cls, values: Iterable[Any] = ()) -> Self:
        """Return the values as one of these."""
        return super().__new__(cls, values)

    def push_front(self, value: Any) -> List:
        """Return a copy with one more value at its front."""
        return List((value, *self))
