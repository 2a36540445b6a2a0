"""The time zones of the IANA database, by name."""

from __future__ import annotations

from functools import cache

from generator.syntax import shipped

_OTHER = ("", "UTC", "Local")
"""What Go's time.LoadLocation knows without the database."""


@cache
def names() -> frozenset[str]:
    """Return the names of the database that ships with the tool: what is known does not depend on this machine."""
    return frozenset(shipped.read("schemas", "time-zones.txt").decode().split())


def is_known(name: str) -> bool:
    """Tell whether Go can load a time zone by its name."""
    return name in _OTHER or name in names()
