"""Numbers and texts of expressions, within the bounds that specs have."""

from __future__ import annotations

from math import isfinite
from typing import Any

from jinja2 import TemplateError

from generator.syntax.reader.scalars import MAX_INTEGER
from generator.syntax.template.expressions.budget import insist

Number = int | float

_NAMES = {dict: "a mapping", list: "a list", tuple: "a list", str: "a string", bool: "true or false", type(None): "null"}

MAX_DIGITS = 64
"""How long a text may be that is read as a number."""


def kind(value: Any) -> str:
    """Return what a value is, for people."""
    return _NAMES.get(type(value)) or ("a number" if isinstance(value, int | float) else f"a {type(value).__name__}")


def number(value: Any) -> Number:
    """Return a number; raises TemplateError for anything else."""
    if isinstance(insist(value), int | float):
        return value  # type: ignore[no-any-return]
    raise TemplateError(f"{kind(value)} where a number is needed")


def small(value: Any, least: int, most: int, what: str) -> int:
    """Return an integer in a range; raises TemplateError."""
    if isinstance(insist(value), int) and least <= value <= most:
        return int(value)
    raise TemplateError(f"{what} must be an integer from {least} to {most}")


def bounded(value: Number) -> Number:
    """Return a number that JSON and YAML readers hold exactly; raises TemplateError."""
    if isinstance(value, int):
        if -MAX_INTEGER <= value <= MAX_INTEGER:
            return value
        raise TemplateError(f"an integer beyond {MAX_INTEGER:,}, which JSON cannot represent exactly")
    if isfinite(value):
        return value
    raise TemplateError("a number that is too large")


def string(value: Any) -> str:
    """Return a text, or a scalar as text; raises TemplateError for a list, a map and anything else."""
    if isinstance(insist(value), str | int | float):
        return str(value)
    raise TemplateError(f"{kind(value)} where a string is needed")


def plain(value: Any) -> str:
    """Return a text; raises TemplateError for anything else."""
    if isinstance(insist(value), str):
        return value  # type: ignore[no-any-return]
    raise TemplateError(f"{kind(value)} where a string is needed")


def beside_text(value: Any) -> str:
    """Return a value that can be joined with other text in a leaf: a string or an integer."""
    if isinstance(insist(value), str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    shown = repr(value) if isinstance(value, bool | float) else kind(value)
    raise TemplateError(f"{shown} cannot be joined with other text")
