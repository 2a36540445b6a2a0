"""What `range` goes over. Source: text/template/exec.go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.syntax.gotemplate.problems import ExecutionError
from generator.syntax.gotemplate.values import MISSING, cut


def length(value: Any) -> int:
    """Return how often `range` goes over a value at most."""
    if isinstance(value, dict | list):
        return len(value)
    return max(value, 0) if isinstance(value, int) else 0


def iterated(value: Any, variables: int) -> Iterator[tuple[Any, Any]]:
    """Yield the keys or indexes with the values that `range` goes over; raises ExecutionError."""
    if isinstance(value, dict):
        yield from sorted(value.items())
    elif isinstance(value, list):
        yield from enumerate(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        if variables > 1:
            raise ExecutionError(f"range over the number {value} gives one variable alone")
        yield from ((MISSING, index) for index in range(value))
    elif value is not None and value is not MISSING:
        raise ExecutionError(f"range cannot iterate over `{cut(value)}`")
