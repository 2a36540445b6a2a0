"""The functions of expressions: those of CEL, and of Kubernetes for texts, lists and quantities.

Messages quote no value: it may be made from a secret, which no mask would know again.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

from generator.syntax.budget import ITEM, LETTER, STEP, Budget
from generator.syntax.cel.lexing import CelError, UndecidedError
from generator.syntax.patterns import Pattern, PatternError
from generator.syntax.quantities import quantity

Read = TypeVar("Read")

_MOST = 2**63
OF_QUANTITY = 4 * ITEM
"""What it takes to compare a quantity, or to calculate with it."""
_TYPES: dict[type, str] = {
    bool: "bool",
    int: "int",
    float: "double",
    str: "string",
    list: "list",
    dict: "map",
    type(None): "null",
    Fraction: "quantity",
}
_NAMES = dict(_TYPES)
"""The same, with the types that were met."""


class Optional:
    """A field that may be absent: what `.?` returns."""

    __slots__ = ("has", "value")

    def __init__(self, value: Any = None, *, has: bool) -> None:
        self.value = value
        self.has = has


class Unresolved:
    """A value that must not be used: what is told where an expression does."""

    __slots__ = ("error",)

    def __init__(self, error: CelError) -> None:
        self.error = error


def resolved(value: Any) -> Any:
    """Return a value; raises the CelError of one that must not be used."""
    if isinstance(value, Unresolved):
        raise type(value.error)(value.error.message)
    return value


def type_of(value: Any) -> str:
    """Return what CEL calls the type of a value."""
    return _name_of(type(value))


def _name_of(kind: type) -> str:
    """Return the name of a type, which is looked for once: whether it is a kind of fraction takes a microsecond to tell."""
    if kind not in _NAMES:
        _NAMES[kind] = next((name for known, name in _TYPES.items() if issubclass(kind, known)), "optional")
    return _NAMES[kind]


def is_number(value: Any) -> bool:
    """Tell whether a value is an int or a double."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def integer(value: int) -> int:
    """Return an int that CEL can hold; raises CelError."""
    if not -_MOST <= value < _MOST:
        raise CelError("the number is too large for an int")
    return value


def call(name: str, given: list[Any], budget: Budget) -> Any:
    """Return the result of a function; the first argument is what it is called on, if anything. Raises CelError."""
    budget.spend(sum(len(one) * LETTER for one in given if isinstance(one, str | list | dict)))
    budget.spend(sum(OF_QUANTITY for one in given if type(one) is Fraction))
    found = FUNCTIONS.get((name, len(given)))
    if found is None:
        known = sorted({len_ for other, len_ in FUNCTIONS if other == name})
        raise UndecidedError(f"`{name}` does not take {len(given)} arguments" if known else f"unknown function `{name}`")
    types, function = found
    if any(kind and type_of(value) not in kind.split("|") for kind, value in zip(types, given, strict=True)):
        raise CelError(f"`{name}` does not work on {', '.join(map(type_of, given))}")
    try:
        return function(*given, budget) if name in _PAID else function(*given)
    except OverflowError:
        pass  # an error that is raised here would keep this one
    raise CelError(f"`{name}` overflows")


def _matches(text: str, pattern: str, budget: Budget) -> bool:
    made = budget.kept(f"cel {pattern}", lambda: _made(pattern, budget))
    if made is None:
        raise CelError("it is not a valid regular expression")
    budget.spend(len(text) * _OF_LETTER)
    return made.search(text, lambda states: budget.spend(states * _OF_STATE))


def _made(pattern: str, budget: Budget) -> Pattern | None:
    """Return a pattern, each state of which is paid for before it is made; None for an invalid one."""
    budget.spend(len(pattern) * STEP)
    try:
        return Pattern(pattern, lambda: budget.spend(_OF_NEW_STATE))
    except PatternError:
        return None


_OF_NEW_STATE = 4 * STEP
"""What it takes to make a state of a pattern."""
_OF_STATE = 25
"""What it takes to follow a state."""
_OF_LETTER = 20
"""What it takes to follow a letter where its states are known."""


def _pay_to_look(text: str, part: str, budget: Budget) -> None:
    """Pay for looking for a part, which can begin nearly everywhere if it is short."""
    budget.spend(len(text) * min(len(part), _LONG) // 30)


def _found(text: str, part: str, budget: Budget) -> int:
    _pay_to_look(text, part, budget)
    return text.find(part)


_LONG = 100
"""Letters from which on Python looks for a part in linear time."""


def _replaced(text: str, old: str, new: str, budget: Budget) -> str:
    _pay_to_look(text, old, budget)
    budget.spend((text.count(old) + 1) * len(new))
    return text.replace(old, new)


def _split(text: str, between: str, budget: Budget) -> list[str]:
    _pay_to_look(text, between, budget)
    budget.spend((text.count(between) + 1) * ITEM)
    return text.split(between) if between else list(text)


def _joined(texts: list[Any], between: str, budget: Budget) -> str:
    if not all(isinstance(one, str) for one in texts):
        raise CelError("`join` needs a list of strings")
    budget.spend(sum(len(one) + len(between) for one in texts) + len(texts) * ITEM)
    return between.join(texts)


def _quantity(text: str) -> Fraction:
    found = quantity(text)
    if found is None:
        raise CelError("the text is not a quantity")
    return found


def _int(value: Any) -> int:
    found = _number(int, value)
    if found is None or not -_MOST <= found < _MOST:
        raise CelError(f"the {type_of(value)} is not an int")
    return found


def _double(value: Any) -> float:
    found = _number(float, value)
    if found is None:
        raise CelError(f"the {type_of(value)} is not a double")
    return found


_LONGEST_NUMBER = 400
"""Characters of a text that is read as a number: the error of Python quotes all of a longer one."""


def _number(of: Callable[[Any], Read], value: Any) -> Read | None:
    if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        return None
    try:
        return of(value)
    except (ValueError, OverflowError):
        return None


def _string(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _substring(text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise CelError("`substring` goes beyond the text")
    return text[start:end]


def _of_numbers(pick: Callable[[list[Any]], Any]) -> Callable[[list[Any], Budget], Any]:
    def picked(values: list[Any], budget: Budget) -> Any:
        budget.spend(len(values) * ITEM)
        if not all(map(is_number, values)):
            raise CelError("only numbers can be added up or compared here")
        return pick(values) if values or pick is sum else _nothing()

    return picked


def _nothing() -> Any:
    raise CelError("the list is empty")


def _value(optional: Optional) -> Any:
    return optional.value if optional.has else _absent()


def _absent() -> Any:
    raise CelError("the field is absent")


_TEXT, _LIST, _SIZED, _AMOUNT = "string", "list", "string|list|map", "quantity"
_PAID = frozenset(("matches", "contains", "indexOf", "replace", "split", "join", "sum", "min", "max"))
"""Functions whose cost depends on more than the size of what they are given."""

FUNCTIONS: dict[tuple[str, int], tuple[tuple[str, ...], Callable[..., Any]]] = {
    ("size", 1): ((_SIZED,), len),
    ("type", 1): (("",), type_of),
    ("dyn", 1): (("",), lambda value: value),
    ("int", 1): (("int|double|string",), _int),
    ("double", 1): (("int|double|string",), _double),
    ("string", 1): (("int|double|string|bool",), _string),
    ("contains", 2): ((_TEXT, _TEXT), lambda text, part, budget: _found(text, part, budget) >= 0),
    ("startsWith", 2): ((_TEXT, _TEXT), str.startswith),
    ("endsWith", 2): ((_TEXT, _TEXT), str.endswith),
    ("matches", 2): ((_TEXT, _TEXT), _matches),
    ("lowerAscii", 1): ((_TEXT,), str.lower),
    ("upperAscii", 1): ((_TEXT,), str.upper),
    ("trim", 1): ((_TEXT,), str.strip),
    ("split", 2): ((_TEXT, _TEXT), _split),
    ("replace", 3): ((_TEXT, _TEXT, _TEXT), _replaced),
    ("join", 1): ((_LIST,), lambda texts, budget: _joined(texts, "", budget)),
    ("join", 2): ((_LIST, _TEXT), _joined),
    ("indexOf", 2): ((_TEXT, _TEXT), _found),
    ("substring", 2): ((_TEXT, "int"), _substring),
    ("substring", 3): ((_TEXT, "int", "int"), _substring),
    ("sum", 1): ((_LIST,), _of_numbers(sum)),
    ("min", 1): ((_LIST,), _of_numbers(min)),
    ("max", 1): ((_LIST,), _of_numbers(max)),
    ("quantity", 1): ((_TEXT,), _quantity),
    ("isQuantity", 1): ((_TEXT,), lambda text: quantity(text) is not None),
    ("compareTo", 2): ((_AMOUNT, _AMOUNT), lambda one, other: (one > other) - (one < other)),
    ("isLessThan", 2): ((_AMOUNT, _AMOUNT), lambda one, other: one < other),
    ("isGreaterThan", 2): ((_AMOUNT, _AMOUNT), lambda one, other: one > other),
    ("orValue", 2): (("optional", ""), lambda optional, other: optional.value if optional.has else other),
    ("hasValue", 1): (("optional",), lambda optional: optional.has),
    ("value", 1): (("optional",), _value),
}
"""By name and number of arguments: the types of these, and what is done; an empty type is any."""
