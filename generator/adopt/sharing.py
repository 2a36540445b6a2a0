"""What several mappings have in common, and what is left of each without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.diff.alignment import canonical

Data = dict[str, Any]


def common(several: Sequence[Data]) -> Data:
    """Return what all mappings have: values that are equal everywhere, of mappings what their keys share."""
    first, *rest = several
    found: Data = {}
    for key, value in first.items():
        others = [one[key] for one in rest if key in one]
        if len(others) < len(rest):
            continue
        if isinstance(value, dict) and all(isinstance(other, dict) for other in others):
            inner = common([value, *others])
            if inner or not (value or any(others)):
                found[key] = inner
        elif all(canonical(value) == canonical(other) for other in others):
            found[key] = value
    return found


def rest(one: Data, shared: Data) -> Data:
    """Return a mapping without what is shared."""
    left: Data = {}
    for key, value in one.items():
        if key not in shared:
            left[key] = value
        elif isinstance(value, dict) and isinstance(shared[key], dict):
            inner = rest(value, shared[key])
            if inner:
                left[key] = inner
    return left
