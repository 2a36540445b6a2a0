"""Whether values of expressions are equal, however deep they are; each pair that is compared is paid for."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from generator.syntax.budget import ITEM, LETTER, Budget
from generator.syntax.cel.functions import OF_QUANTITY, is_number, type_of

_OPENED = 3 * ITEM
"""What it takes to compare two lists or maps, besides what it takes for any two values, and for what is in them."""


def same(left: Any, right: Any, budget: Budget) -> bool:
    """Tell whether values are equal; true is not 1, as it is in Python. Raises SpentError.

    Variables build on each other, so values nest deeper than any expression: no call goes down with them.
    """
    waiting = [(left, right)]
    while waiting:
        one, other = waiting.pop()
        budget.spend(2 * ITEM)
        if is_number(one) and is_number(other):
            if one != other:
                return False
        elif type_of(one) != type_of(other):
            return False
        elif isinstance(one, list):
            if len(one) != len(other):
                return False
            budget.spend(_OPENED + len(one) * ITEM)
            waiting.extend(zip(one, other, strict=True))
        elif isinstance(one, dict):
            budget.spend(_OPENED + len(one) * ITEM)
            if one.keys() != other.keys():
                return False
            waiting.extend((value, other[key]) for key, value in one.items())
        elif not _is_same_leaf(one, other, budget):
            return False
    return True


def _is_same_leaf(one: Any, other: Any, budget: Budget) -> bool:
    if isinstance(one, str):
        budget.spend(min(len(one), len(other)) * LETTER)
    elif type(one) is Fraction:
        budget.spend(OF_QUANTITY)
    return bool(one == other)
