"""What a function of a template is: its arguments, by type, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from generator.syntax.budget import Budget
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError
from generator.syntax.gotemplate.values import MISSING, Strings, a_type, cut


class Function(NamedTuple):
    """One function."""

    name: str
    takes: str
    """A letter for each argument: any value, string, int, bool, map; `*` repeats the last one.

    A function that makes more than it is given, or takes longer than to read that once, begins with `$`: it is handed
    the budget as well, and pays before it begins.
    """
    call: Callable[..., Any]


_TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "s": ("string", lambda value: isinstance(value, str)),
    "i": ("int", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "b": ("bool", lambda value: isinstance(value, bool)),
    "m": ("map[string]interface {}", lambda value: isinstance(value, dict) and not isinstance(value, Strings)),
    "f": ("float64", lambda value: isinstance(value, float)),
}


def checked(function: Function, values: Sequence[Any], budget: Budget) -> list[Any]:
    """Return the arguments of a function, which must be as many as it takes, and of its types."""
    letters = function.takes.removeprefix("$")
    repeats = letters.endswith("*")
    fixed = letters[:-2] if repeats else letters
    if len(values) < len(fixed) or (not repeats and len(values) > len(fixed)):
        least = "at least " if repeats else ""
        raise ExecutionError(f"`{function.name}` takes {least}{len(fixed)} arguments, and has {len(values)}")
    wanted = fixed + letters[-2:-1] * (len(values) - len(fixed))
    own: list[Any] = [budget] if letters != function.takes else []
    return own + [_fitting(function, letter, value) for letter, value in zip(wanted, values, strict=True)]


def _fitting(function: Function, letter: str, value: Any) -> Any:
    if letter == "v":
        return value
    if letter == "a":
        return None if value is MISSING else value
    if letter == "m" and value is MISSING:
        return {}
    name, fits = _TYPES[letter]
    if value is None or value is MISSING:
        raise ExecutionError(f"`{function.name}` needs {_an(name)}, and the value is missing")
    if not fits(value):
        raise ExecutionError(f"`{function.name}` needs {_an(name)}, and `{cut(value)}` is {a_type(value)}")
    return value


def _an(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def unknown(*_: Any) -> Any:
    """Stand for a function that is not evaluated."""
    raise UnevaluatedError("a function of it is not evaluated here")


Table = dict[str, tuple[str, Callable[..., Any]]]
"""What functions take and do, by name."""
