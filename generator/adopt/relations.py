"""What environments have to do with each other: a chain of promotions, and what all of them share."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from generator.adopt import words
from generator.adopt.sharing import common, rest

Data = dict[str, Any]

_COMMON = "common"
"""The name of the abstract environment."""
_WORTH = 3
"""Environments from which on what they share has a file of its own."""


def promote(environments: dict[str, Data]) -> None:
    """Chain environments from development to production where each stage has one."""
    stages: dict[int, list[str]] = {}
    for name in environments:
        rank = words.rank(name)
        if rank is not None:
            stages.setdefault(rank, []).append(name)
    ranks = sorted(stages)
    for before, after in pairwise(ranks):
        if len(stages[before]) == 1:
            for name in stages[after]:
                environments[name] = {"promotion": {"from": stages[before][0]}, **environments[name]}


def abstract(environments: dict[str, Data]) -> str:
    """Move what all environments share into an abstract one, if they are enough; return its name."""
    if len(environments) < _WORTH or _COMMON in environments:
        return ""
    shared = common(list(environments.values()))
    shared.pop("promotion", None)
    if not shared.get("argocd"):
        return ""
    for name, data in list(environments.items()):
        left = rest(data, shared)
        environments[name] = {"extends": [_COMMON], **left}
        environments[name].setdefault("argocd", {})
    environments[_COMMON] = shared
    return _COMMON
