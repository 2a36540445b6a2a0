"""Commit ids as people read them: the same short form in every message, table and page."""

from __future__ import annotations

_SHORT = 8
"""Hexadecimal digits: one commit in four billion has the same, and Git finds a commit by them."""


def short_id(commit: str) -> str:
    """Return the start of a commit id. What programs read, such as JSON and trailers, has the whole id."""
    return commit[:_SHORT]
