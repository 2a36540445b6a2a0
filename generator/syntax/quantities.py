"""Quantities of Kubernetes: 250m, 128Mi, 1e3."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction

_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]{1,2}))?\Z"
)
_POWERS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {f"{name}i": power for power, name in enumerate("KMGTPE", start=1)}


def quantity(value: Any) -> Fraction | None:
    """Return a quantity as a number; None if it is invalid. Spaces around it do not count.

    Source: k8s.io/apimachinery, pkg/api/resource/quantity.go
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return _read(str(value).strip())


@lru_cache(4096)
def _read(text: str) -> Fraction | None:
    from fractions import Fraction  # with what it imports it costs more than all else here

    match = _QUANTITY.match(text)
    if not match:
        return None
    number, unit, exponent = match.groups()
    exact = Fraction(f"{number}0" if "." in number else number)
    if unit in _BINARY:
        return exact * Fraction(1024 ** _BINARY[unit])
    power: int = _POWERS[unit] if unit else int(exponent or 0)
    return exact * Fraction(f"1e{power}")
