"""The limits of a template: steps, text and depth, checked before anything is created."""

from __future__ import annotations

from typing import Any

from jinja2 import TemplateError, Undefined

MAX_STEPS = 50_000
"""The maximum number of steps of one rendering. The largest shipped template takes a few hundred."""

MAX_TEXT = 256 * 1024
"""The maximum length of a string, in any step."""

MAX_DEPTH = 64
"""The maximum depth of data: twice that of a file."""

_TEXT_PER_STEP = 32


class BudgetError(TemplateError):
    """A template would take more than it may."""


class Budget:
    """The steps that are left to one rendering of a template."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Pay for steps that are about to be taken; raises BudgetError."""
        self.left -= steps
        if self.left < 0:
            raise BudgetError(f"the template takes more than {MAX_STEPS:,} steps")

    def text(self, length: int) -> None:
        """Pay for a text of a length, before it is made or looked through; raises BudgetError."""
        if length > MAX_TEXT:
            raise BudgetError(f"a string of {length:,} characters; the maximum is {MAX_TEXT:,}")
        self.spend(1 + length // _TEXT_PER_STEP)

    def walk(self, value: Any, depth: int = 0) -> None:
        """Pay for a visit to everything in a value; raises BudgetError, or UndefinedError for what is undefined in it."""
        if isinstance(value, str):
            self.text(len(value))
            return
        self.spend(1)
        if isinstance(value, dict | list | tuple):
            if depth == MAX_DEPTH:
                raise BudgetError(f"data nested more than {MAX_DEPTH} levels deep")
            if isinstance(value, dict):
                for key in value:
                    self.walk(key, depth + 1)
            for item in value.values() if isinstance(value, dict) else value:
                self.walk(item, depth + 1)
        elif isinstance(value, Undefined):
            insist(value)


def insist(value: Any) -> Any:
    """Return a value; raises UndefinedError, which names what is undefined."""
    if isinstance(value, Undefined):
        str(value)
    return value
