"""Durations as Argo reads them."""

from __future__ import annotations

import re
from typing import Any

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d)")
_WHOLE = re.compile(r"[-+]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h|d))+\Z")


def seconds(text: str | int) -> float:
    """Return a duration in seconds: a bare number, or a Go duration such as `1h30m`.

    Days are accepted for our own fields; Argo refuses them, which is a matter for the schema. Raises
    ValueError for anything else.
    """
    if isinstance(text, int):
        return float(text)
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return float(int(text))
    if not _WHOLE.match(text):
        raise ValueError(f"{text!r} is not a valid duration")
    total = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    return -total if text.startswith("-") else total


def spoken(total: float) -> str:
    """Return seconds as people and Go write them: 90 is `1m30s`."""
    whole = int(total)
    if whole == 0:
        return "0s"
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return "".join(f"{number}{unit}" for number, unit in ((hours, "h"), (minutes, "m"), (left, "s")) if number)


_GO_LONGEST = 2**63 / 1e9
_INT32 = 2**31
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")


def go_seconds(value: Any) -> float | None:
    """Return a Go duration in seconds; None for what Go does not read: days, spaces, and numbers without a unit."""
    if not isinstance(value, str) or (not _WHOLE.match(value) and value not in ("0", "+0", "-0")):
        return None
    parts = _PART.findall(value)
    if any(unit == "d" for _, unit in parts):
        return None
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    return None if total >= _GO_LONGEST else -total if value.startswith("-") else total


class PauseError(ValueError):
    """Argo Rollouts does not accept the duration of a pause; the text says why and completes "the duration …"."""


def pause_seconds(value: Any) -> int:
    """Return a pause in whole seconds, as Argo Rollouts reads it: 500ms does not wait at all; raises PauseError.

    It is a number, text that is one, or a Go duration. Argo Rollouts keeps 32 bits: it refuses a larger
    number, and a larger Go duration wraps around to any other number of seconds.
    Source: argo-rollouts, pkg/apis/rollouts/v1alpha1/types.go, RolloutPause.DurationSeconds
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise PauseError("is not a valid duration")
    if isinstance(value, str) and not _INTEGER.match(value):
        if not _WHOLE.match(value) or "d" in value:
            raise PauseError("is not a valid duration")
        length = seconds(value)
    else:
        length = int(value) if len(str(value)) < _LONG else _INT32
    if length >= _INT32:
        raise PauseError("is longer than Argo Rollouts can hold (68 years)")
    if length < 0:
        raise PauseError("is negative")
    return int(length)


_LONG = 20
"""Digits of a number that is certainly too large; Python refuses to read much longer ones."""
