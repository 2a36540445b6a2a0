"""What several mappings have in common, and what is left of each without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from generator.syntax import placeholders
from generator.syntax.alignment import canonical

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


def plain(shared: Data) -> Data:
    """Return what is shared without texts in which something is replaced in an environment, but not in a spec."""
    left: Data = {}
    for key, value in shared.items():
        if isinstance(value, dict):
            inner = plain(value)
            left |= {key: inner} if inner or not value else {}
        elif not any(True for _ in placeholders.places_in(value, ())):
            left[key] = value
    return left


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


def usual(several: Sequence[Data]) -> Data:
    """Return what most mappings have of the keys that all have: the value of more than half of them."""
    found: Data = {}
    for key in several[0]:
        values = [one[key] for one in several if key in one]
        if len(values) < len(several):
            continue
        if all(isinstance(value, dict) for value in values):
            inner = usual(values)
            if inner or not any(values):
                found[key] = inner
        elif len({isinstance(value, list) for value in values}) == 1 and not any(isinstance(value, dict) for value in values):
            by_text = {canonical(value): value for value in values}
            text, number = Counter(map(canonical, values)).most_common(1)[0]
            found |= {key: by_text[text]} if number * 2 > len(values) else {}
    return found


def over(one: Data, below: Data) -> Data:
    """Return what must be merged over a mapping to give another, which has all of its keys."""
    left: Data = {}
    for key, value in one.items():
        if key in below and isinstance(value, dict):
            inner = over(value, below[key])
            left |= {key: inner} if inner else {}
        elif key not in below or canonical(value) != canonical(below[key]):
            left[key] = value
    return left
