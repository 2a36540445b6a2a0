"""What environments have to do with each other: a chain of promotions, and what all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from generator.adopt import words
from generator.adopt.comments import written
from generator.adopt.sharing import common, plain, rest

Data = dict[str, Any]
Cell = tuple[str, str]
"""A service and an environment."""

_COMMON = "common"
"""The name of the abstract environment."""
_FILE, _EXTENDS = 8, 2
"""The lines of a file besides what it says, and those that an environment needs to extend it."""


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


class Families(NamedTuple):
    """What environments share whose names have a word in common: `live` and `eu` of `live-eu`."""

    defaults: dict[str, Data]
    """By word."""
    left: dict[Cell, Data]
    """What is left of each cell."""


def families(left: dict[Cell, Data], fields: Sequence[str]) -> Families:
    """Return what all cells of environments with a word in common share, of some fields; stages come before regions."""
    names = sorted({environment for _, environment in left})
    members = {word: [name for name in names if word in words.tokens(name)] for name in names for word in words.tokens(name)}
    found: dict[str, Data] = {}
    for word in sorted(members, key=lambda word: (words.rank(word) is None, word)):
        here = [key for key in left if key[1] in members[word]]
        if 1 < len(members[word]) < len(names) and word not in names and word[0].isalpha():
            shared = {key: value for key, value in plain(common([left[key] for key in here])).items() if key in fields}
            shared = {key: value for key, value in shared.items() if value != {}}
            if shared:
                found[word] = shared
                left = left | {key: rest(left[key], shared) for key in here}
    return Families(found, left)


def abstract(environments: dict[str, Data], by_word: dict[str, Data]) -> tuple[str, ...]:
    """Let environments extend what they share: all of them, if they are enough, and those with a word in common.

    Returns the names of the abstract environments.
    """
    shared = common(list(environments.values())) if len(environments) > 1 and _COMMON not in environments else {}
    shared = {key: value for key, value in shared.items() if key != "promotion"} if shared.get("argocd") else {}
    shared = shared if _pays(shared, len(environments)) else {}
    for name, data in list(environments.items()):
        extended = [*([_COMMON] if shared else []), *(word for word in by_word if word in words.tokens(name))]
        if extended:
            environments[name] = {"extends": extended, **rest(data, shared)}
    environments |= {word: {"defaults": defaults} for word, defaults in by_word.items()} | ({_COMMON: shared} if shared else {})
    return (*([_COMMON] if shared else []), *by_word)


def _pays(shared: Data, environments: int) -> bool:
    """Tell whether the files are shorter if what environments share has a file of its own."""
    return written(shared, "", {}).count("\n") * (environments - 1) > _FILE + _EXTENDS * environments
