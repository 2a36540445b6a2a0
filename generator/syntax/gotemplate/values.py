"""Values of Go in Python: what is missing, what is true, and how a value is printed.

JSON gives templates strings, booleans, float64, maps and lists; a whole number in a template is an int.
Source: text/template/exec.go, fmt/print.go and strconv/ftoa.go
"""

from __future__ import annotations

import re
from math import inf
from typing import Any

from generator.syntax.gotemplate.problems import UnevaluatedError

MAX_TEXT = 1024 * 1024
"""Characters that a template may make."""


class _Missing:
    """The zero reflect.Value: what a key gives that a map does not have."""

    def __repr__(self) -> str:
        return "<no value>"


MISSING = _Missing()


class Strings(dict[str, str]):
    """A map of strings only, as `values` of a generator are: some functions refuse it."""


class Words(list[str]):
    """A list of strings only, such as the segments of a path."""


def from_json(node: Any) -> Any:
    """Return data as Go reads it from JSON: every number is a float64."""
    if isinstance(node, dict):
        return type(node)((str(key), from_json(value)) for key, value in node.items())
    if isinstance(node, Words):
        return node
    if isinstance(node, list):
        return [from_json(item) for item in node]
    return _float(node) if isinstance(node, int) and not isinstance(node, bool) else node


def _float(number: int) -> float:
    try:
        return float(number)
    except OverflowError:  # Go refuses the number; what follows from it is no more than that
        return inf if number > 0 else -inf


def is_true(value: Any) -> bool:
    """Tell whether `if` takes a value for true."""
    return value is not MISSING and value is not None and bool(value)


def kind(value: Any) -> str:
    """Return the kind of a value in Go's words."""
    return "map" if isinstance(value, dict) else "slice" if isinstance(value, list) else type_name(value)


def type_name(value: Any) -> str:
    """Return the type of a value in Go's words."""
    if value is None or value is MISSING:
        return "invalid" if value is None else "nil"
    names: tuple[tuple[type, str], ...] = (
        (bool, "bool"),
        (str, "string"),
        (int, "int"),
        (float, "float64"),
        (Strings, "map[string]string"),
        (dict, "map[string]interface {}"),
        (Words, "[]string"),
    )
    return next((name for one, name in names if isinstance(value, one)), "[]interface {}")


def a_type(value: Any) -> str:
    """Return the type of a value with its article."""
    name = type_name(value)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def printed(value: Any) -> str:
    """Return a value as an action writes it."""
    return "<no value>" if value is None or value is MISSING else shown(value)


def shown(value: Any) -> str:
    """Return a value as `%v` shows it."""
    if value is None or value is MISSING:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dict):
        return _within("map[" + " ".join(f"{key}:{shown(value[key])}" for key in sorted(value)) + "]")
    if isinstance(value, list):
        return _within("[" + " ".join(map(shown, value)) + "]")
    return str(value)


def cut(value: Any) -> str:
    """Return a value of a user as messages quote it."""
    text = shown(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 60


def _within(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise UnevaluatedError("it makes a very long text")
    return text


def number(value: float, least: int = -4, most: int = 6) -> str:
    """Return a float as Go shows it: shortest, and with an exponent if it is small or large."""
    if value != value or value in (float("inf"), float("-inf")):
        return {"inf": "+Inf", "-inf": "-Inf"}.get(str(value), "NaN")
    match = re.fullmatch(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:e([+-]?[0-9]+))?", repr(value))
    if match is None:
        raise UnevaluatedError(f"the number {value} is not shown")
    sign, whole, fraction, power = match[1], match[2], match[3] or "", int(match[4] or 0)
    digits = (whole + fraction).lstrip("0")
    exponent = len(whole) + power - 1 - (len(whole + fraction) - len(digits) if digits else 0)
    digits = digits.rstrip("0") or "0"
    if digits == "0":
        return f"{sign}0"
    if exponent < least or exponent >= most:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    padded = digits.ljust(exponent + 1, "0")
    tail = f".{padded[exponent + 1 :]}" if len(padded) > exponent + 1 else ""
    return f"{sign}{padded[: exponent + 1]}{tail}"
