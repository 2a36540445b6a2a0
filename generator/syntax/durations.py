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


def pause_seconds(text: str | int) -> int:
    """Return a pause in whole seconds, truncated as Argo Rollouts does: 500ms does not wait at all.

    Source: argo-rollouts, pkg/apis/rollouts/v1alpha1/types.go, RolloutPause.DurationSeconds
    """
    return int(seconds(text))


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


def argo_pause(value: Any) -> int | None:
    """Return a pause in seconds as Argo Rollouts reads it; None where it does not.

    A number, text that is one, or a Go duration; all of them must fit into 32 bits, and what is larger
    comes out negative.
    Source: argo-rollouts, pkg/apis/rollouts/v1alpha1/types.go, RolloutPause.DurationSeconds
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str) and not _INTEGER.match(value):
        length = go_seconds(value)
        return None if length is None else (int(length) + _INT32) % (2 * _INT32) - _INT32
    seconds_ = int(value) if len(str(value)) < _LONG else _INT32
    return seconds_ if -_INT32 <= seconds_ < _INT32 else None


_LONG = 20
