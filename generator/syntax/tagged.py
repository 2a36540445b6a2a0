"""Values of Python as JSON and back: with named tuples, tuples, sets and bytes, which JSON has not.

What JSON has stays as it is, but for lists, which begin with the name of what they stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_PLAIN = (str, int, float, bool, type(None))
_LIST, _TUPLE, _SET, _MAP, _BYTES = "list", "tuple", "set", "map", "bytes"
_NAMES: Mapping[type, str] = {list: _LIST, tuple: _TUPLE, frozenset: _SET}


class Tagged:
    """Knows some types of values besides those of Python: named tuples, and subclasses of text."""

    def __init__(self, *kinds: type) -> None:
        self._kinds: Mapping[str, type] = {kind.__name__: kind for kind in kinds}
        self._made: Mapping[str, Callable[[list[Any]], Any]] = {
            _LIST: list,
            _TUPLE: tuple,
            _SET: frozenset,
            _MAP: lambda items: dict(zip(items[::2], items[1::2], strict=True)),
            _BYTES: lambda items: items[0].encode("utf-8", "surrogateescape"),
        }

    def data(self, value: Any) -> Any:
        """Return a value as data for JSON; raises TypeError for what is of no known type."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is bytes:
            return [_BYTES, value.decode("utf-8", "surrogateescape")]
        if kind is dict:
            return [_MAP, *(self.data(one) for item in value.items() for one in item)]
        name = _NAMES.get(kind) or self._name_of(kind)
        items = sorted(value) if kind is frozenset else [str(value)] if isinstance(value, str) else value
        return [name, *map(self.data, items)]

    def _name_of(self, kind: type) -> str:
        if self._kinds.get(kind.__name__) is not kind:
            raise TypeError(f"{kind.__name__} cannot be kept")
        return kind.__name__

    def value(self, data: Any) -> Any:
        """Return the value in data; raises TypeError, ValueError or LookupError for other data."""
        if type(data) is not list:
            return data
        name, *items = data
        values = [one if type(one) is not list else self.value(one) for one in items]
        made = self._made.get(name)
        return made(values) if made else self._kinds[name](*values)
