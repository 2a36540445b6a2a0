"""Version ranges of the tool, as `requires` writes them: `>=0.3,<2`."""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*([0-9]+(?:\.[0-9]+)*)\s*\Z")


def satisfies(version: str, wanted: str) -> bool:
    """Tell whether a version lies in a range; raises ValueError for an invalid range."""
    return all(_holds(_numbers(version), clause) for clause in wanted.split(","))


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.match(r"[0-9]+(?:\.[0-9]+)*", version).group().split(".")]  # type: ignore[union-attr]
    return (*numbers, 0, 0, 0)[:3]


def _holds(version: tuple[int, ...], clause: str) -> bool:
    match = _CLAUSE.match(clause)
    if match is None:
        raise ValueError(f"{clause!r} is not a valid version range")
    operator, bound = match[1], _numbers(match[2])
    return {
        ">=": version >= bound,
        "<=": version <= bound,
        "==": version == bound,
        "!=": version != bound,
        ">": version > bound,
        "<": version < bound,
    }[operator]
