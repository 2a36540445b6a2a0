"""The environments of a workspace, and what their release windows say, as the report needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Place(NamedTuple):
    """One environment, as the report needs it."""

    name: str
    promoted_from: str
    path: str
    spec: Mapping[str, Any]


class WindowSaid(NamedTuple):
    """What the release windows of an environment say about some of its services, in words."""

    environment: str
    services: str
    names: tuple[str, ...]
    """The services that it is about."""
    is_open: bool
    until: str
    why: str
    path: str
    line: int


class WindowsNow(NamedTuple):
    """What release windows say at one moment."""

    when: str
    """The moment: a report shows what was so when it was made."""
    said: tuple[WindowSaid, ...]
