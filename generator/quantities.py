"""Quantities of Kubernetes: 250m, 128Mi, 1e3."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]{1,2}))?\Z"
)
_UNITS = {
    **{name: Fraction(10) ** power for name, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)},
    **{f"{name}i": Fraction(1024) ** (power + 1) for power, name in enumerate("KMGTPE")},
}


def quantity(value: Any) -> Fraction | None:
    """Return a quantity as a number; None for what is none.

    Source: k8s.io/apimachinery, pkg/api/resource/quantity.go
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    match = _QUANTITY.match(str(value))
    if not match:
        return None
    number, unit, exponent = match.groups()
    return (
        Fraction(number + "0" if number.endswith(".") else number)
        * _UNITS.get(unit or "", Fraction(1))
        * Fraction(10) ** int(exponent or 0)
    )
