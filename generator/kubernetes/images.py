"""The names of container images."""

from __future__ import annotations


def repository_of(reference: str) -> str:
    """Return the name of an image without its tag and its digest."""
    name = reference.partition("@")[0]
    return name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
