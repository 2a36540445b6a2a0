"""The value that drops a key of a structural template."""

from __future__ import annotations


class _Omit:
    __slots__ = ()

    def __repr__(self) -> str:
        return "omit"


OMIT = _Omit()
