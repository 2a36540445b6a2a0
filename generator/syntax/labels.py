"""Labels of where a service is deployed to: an environment and, after a slash, one of its destinations."""

from __future__ import annotations


def label_of(environment: str, destination: str) -> str:
    """Return the label of a destination, which is empty for an environment on one cluster."""
    return f"{environment}/{destination}" if destination else environment


def label_parts(label: str) -> tuple[str, str]:
    """Return the environment and the destination of a label."""
    environment, _, destination = label.partition("/")
    return environment, destination
