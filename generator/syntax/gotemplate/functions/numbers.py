"""Sprig's arithmetic."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import reduce
from typing import Any

from generator.syntax.gotemplate.functions.function import Table
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError

_LARGEST = 2**63


def _int(value: Any) -> int:
    """Return a value as Sprig reads it as a whole number; 0 for anything else."""
    if isinstance(value, str):
        try:
            text = value.replace("_", "")
            number = int(text, 8) if re.fullmatch(r"[+-]?0[0-7]+", text) else int(text, 0)
        except ValueError:
            number = 0
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise UnevaluatedError("it has a number without a value")
        number = int(value)
    else:
        number = int(value) if isinstance(value, int) else 0
    return _wrapped(number)


def _wrapped(number: int) -> int:
    if not -_LARGEST <= number < _LARGEST:
        raise UnevaluatedError("a number of it overflows")
    return number


def _float(value: Any) -> float:
    try:
        found = float(value) if isinstance(value, str | int | float) else 0.0
    except ValueError:
        return 0.0
    if not math.isfinite(found):
        raise UnevaluatedError("it has a number without a value")
    return found


def _folded(call: Callable[[int, int], int]) -> Callable[..., int]:
    return lambda *values: _wrapped(reduce(call, map(_int, values)))


def _floats(call: Callable[[float, float], float]) -> Callable[..., float]:
    return lambda *values: reduce(call, map(_float, values))


def _quotient(first: int, second: int) -> int:
    if second == 0:
        raise ExecutionError("division by zero")
    return abs(first) // abs(second) * (1 if (first < 0) is (second < 0) else -1)


def _rest(first: Any, second: Any) -> int:
    left, right = _int(first), _int(second)
    return left - _quotient(left, right) * right


def _over(first: float, second: float) -> float:
    if second == 0:
        raise UnevaluatedError("it divides by zero")
    return first / second


def _rounded(value: Any, digits: int, *up: float) -> float:
    number, power = _float(value), 10.0**digits
    whole = number * power
    part = math.modf(whole)[0]
    return (math.ceil(whole) if part >= (up[0] if up else 0.5) else math.floor(whole)) / power


def _atoi(text: str) -> int:
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else 0


TABLE: Table = {
    "int": ("a", _int),
    "int64": ("a", _int),
    "float64": ("a", _float),
    "atoi": ("s", _atoi),
    "toDecimal": ("a", lambda value: _wrapped(int(f"{value}", 8)) if re.fullmatch(r"[0-7]+", f"{value}") else 0),
    "add": ("a*", lambda *values: _wrapped(sum(map(_int, values)))),
    "add1": ("a", lambda value: _wrapped(_int(value) + 1)),
    "sub": ("aa", lambda first, second: _wrapped(_int(first) - _int(second))),
    "mul": ("aa*", _folded(lambda first, second: first * second)),
    "div": ("aa", lambda first, second: _quotient(_int(first), _int(second))),
    "mod": ("aa", _rest),
    "max": ("aa*", _folded(max)),
    "biggest": ("aa*", _folded(max)),
    "min": ("aa*", _folded(min)),
    "add1f": ("a", lambda value: _float(value) + 1),
    "addf": ("a*", lambda *values: sum(map(_float, values), 0.0)),
    "subf": ("aa*", _floats(lambda first, second: first - second)),
    "mulf": ("aa*", _floats(lambda first, second: first * second)),
    "divf": ("aa*", _floats(_over)),
    "maxf": ("aa*", _floats(max)),
    "minf": ("aa*", _floats(min)),
    "floor": ("a", lambda value: float(math.floor(_float(value)))),
    "ceil": ("a", lambda value: float(math.ceil(_float(value)))),
    "round": ("aif*", _rounded),
}
