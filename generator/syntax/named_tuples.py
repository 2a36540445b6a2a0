"""Named tuples that cost little to define, for the modules that most commands import.

`typing.NamedTuple` compiles the text of each annotation: 0.2 ms for each class, which was a tenth of the time of a
check of a small workspace. This one keeps the text. For a type checker the two are the same.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

_define: Any = namedtuple  # noqa: PYI024 - the fields are typed by the class that becomes one
_OF_THE_CLASS = frozenset(["__module__", "__annotations__"])


class _Definition(type):
    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
        if not bases:
            return super().__new__(cls, name, bases, namespace)
        fields = namespace["__annotations__"]
        defaults = [namespace[field] for field in fields if field in namespace]
        made: type = _define(name, fields, defaults=defaults, module=namespace["__module__"])
        made.__annotations__ = fields
        for key, value in namespace.items():
            if key not in fields and key not in _OF_THE_CLASS:
                setattr(made, key, value)
        return made


if TYPE_CHECKING:
    from typing import NamedTuple
else:

    class NamedTuple(metaclass=_Definition):
        """The base of a class whose annotated fields are the items of a tuple, as of `typing.NamedTuple`."""
