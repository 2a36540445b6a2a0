"""The functions that Go itself has, and Sprig's defaults and types."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote_plus

from generator.syntax.budget import STEP, Budget
from generator.syntax.gotemplate.functions.function import Table
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError
from generator.syntax.gotemplate.values import MISSING, Strings, a_type, cut, is_true, kind, shown, type_name


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8"))
    if isinstance(value, dict | list):
        return len(value)
    raise ExecutionError(f"len of type {type_name(value)}")


def _index(value: Any, *keys: Any) -> Any:
    if value is None or value is MISSING:
        raise ExecutionError("index of untyped nil")
    for key in keys:
        value = _one(value, key)
    return value


def _one(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise ExecutionError(f"index of a map is {a_type(key)}, and not a string")
        return value.get(key, "" if isinstance(value, Strings) else None)
    if isinstance(value, list):
        if isinstance(key, bool) or not isinstance(key, int):
            raise ExecutionError(f"index of a list is {a_type(key)}, and not an int")
        if not 0 <= key < len(value):
            raise ExecutionError(f"index {key} is out of range: the list has {len(value)} items")
        return value[key]
    if isinstance(value, str):
        raise UnevaluatedError("it takes one byte of a text")
    raise ExecutionError(f"cannot index {a_type(value)}")


def _basic(value: Any) -> str:
    name = type_name(value)
    return name if name in ("bool", "int", "float64", "string") else ""


def _equal(first: Any, *others: Any) -> bool:
    if not others:
        raise ExecutionError("`eq` has only one argument")
    return any(_same(first, one) for one in others)


def _same(first: Any, second: Any) -> bool:
    known = [value not in (None, MISSING) if not isinstance(value, dict | list) else True for value in (first, second)]
    if _basic(first) != _basic(second):
        if all(known):
            message = f"{a_type(first)} and {a_type(second)} cannot be compared"
            raise ExecutionError(message)
        return False
    if not _basic(first) and all(known):
        raise ExecutionError(f"{a_type(first)} cannot be compared")
    return bool(first == second) if all(known) else known[0] is known[1]


def _less(first: Any, second: Any) -> bool:
    if _basic(first) in ("", "bool") or _basic(second) in ("", "bool"):
        raise ExecutionError(f"{a_type(first)} and {a_type(second)} have no order")
    if _basic(first) != _basic(second):
        raise ExecutionError(f"{a_type(first)} and {a_type(second)} cannot be compared")
    return bool(first < second)


def _at_most(first: Any, second: Any) -> bool:
    return _less(first, second) or _same(first, second)


def _joined(*values: Any) -> str:
    """Return values as Go's Sprint joins them: with a space between two that are not strings."""
    found: list[str] = []
    for index, value in enumerate(values):
        if index and not isinstance(value, str) and not isinstance(values[index - 1], str):
            found.append(" ")
        found.append(shown(value))
    return "".join(found)


_VERB = re.compile(r"%([-+ 0#]*+)([0-9]*+)(?:\.([0-9]*+))?+([%a-zA-Z])")


def _formatted(budget: Budget, text: str, *values: Any) -> str:
    waiting = list(values)

    def one(match: re.Match[str]) -> str:
        flags, width, precision, verb = match.groups()
        if verb == "%":
            return "%"
        if not waiting:
            return f"%!{verb}(MISSING)"
        value = waiting.pop(0)
        made = _verb(verb, value, precision)
        if made is None or set(flags) - {"-", "0"} or (precision is not None and verb != "f"):
            raise UnevaluatedError(f"`printf` with `{cut(match[0])}` is not evaluated")
        if "0" in flags and "-" not in flags and isinstance(value, int | float):
            return made.zfill(int(width or 0))
        return made.ljust(int(width or 0)) if "-" in flags else made.rjust(int(width or 0))

    sizes = [int(size or 0) for _, *both, _ in _VERB.findall(text) for size in both]
    if "%" in _VERB.sub("", text) or any(size > _WIDEST for size in sizes):
        raise UnevaluatedError("`printf` with this format is not evaluated")
    budget.spend(sum(sizes) + len(sizes) * STEP)
    made = _VERB.sub(one, text)
    if waiting:
        raise UnevaluatedError("`printf` with more values than its format takes is not evaluated")
    return made


_WIDEST = 1_000
"""Characters that the width or the precision of a verb of printf asks for."""


def _verb(verb: str, value: Any, precision: str | None) -> str | None:
    """Return a value by a verb of printf; None for one that is not evaluated."""
    if verb == "v" or (verb == "s" and isinstance(value, str)):
        return shown(value)
    if verb == "q" and isinstance(value, str):
        return quoted(value)
    if verb == "t" and isinstance(value, bool):
        return shown(value)
    if verb == "d" and isinstance(value, int) and not isinstance(value, bool):
        return shown(value)
    if verb == "f" and isinstance(value, float):
        return f"{value:.{int(precision or 0) if precision is not None else 6}f}"
    if verb in "sd" and not isinstance(value, dict | list) and value is not None:
        return f"%!{verb}({type_name(value)}={shown(value)})"
    return None


def quoted(text: str) -> str:
    """Return a text as `%q` shows it."""
    if not text.isprintable() and not re.fullmatch(r"[\n\t\r -~]*", text):
        raise UnevaluatedError("it quotes a character that is not printed")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f'"{escaped}"'


def _default(instead: Any, *given: Any) -> Any:
    return given[0] if given and is_true(given[0]) else instead


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if is_true(value)), None)


def _fail(message: str) -> str:
    raise ExecutionError(f"the template fails by itself: {cut(message)}")


def _kind(value: Any) -> str:
    return kind(value)


def _type(value: Any) -> str:
    return "<nil>" if value is None else type_name(value)


TABLE: Table = {
    "and": ("v*", lambda *values: values[-1]),
    "or": ("v*", lambda *values: values[-1]),
    "not": ("v", lambda value: not is_true(value)),
    "len": ("v", _length),
    "index": ("vv*", _index),
    "print": ("a*", _joined),
    "println": ("a*", lambda *values: " ".join(map(shown, values)) + "\n"),
    "printf": ("$sa*", _formatted),
    "urlquery": ("a*", lambda *values: quote_plus(_joined(*values), safe="")),
    "eq": ("vv*", _equal),
    "ne": ("vv", lambda first, second: not _same(first, second)),
    "lt": ("vv", _less),
    "le": ("vv", _at_most),
    "gt": ("vv", lambda first, second: not _at_most(first, second)),
    "ge": ("vv", lambda first, second: not _less(first, second)),
    "hello": ("", lambda: "Hello!"),
    "default": ("aa*", _default),
    "empty": ("a", lambda value: not is_true(value)),
    "coalesce": ("a*", _coalesce),
    "all": ("a*", lambda *values: all(map(is_true, values))),
    "any": ("a*", lambda *values: any(map(is_true, values))),
    "ternary": ("aab", lambda first, second, test: first if test else second),
    "fail": ("s", _fail),
    "kindOf": ("a", _kind),
    "kindIs": ("sa", lambda name, value: _kind(value) == name),
    "typeOf": ("a", _type),
    "typeIs": ("sa", lambda name, value: _type(value) == name),
    "typeIsLike": ("sa", lambda name, value: _type(value) in (name, f"*{name}")),
    "deepEqual": ("aa", lambda first, second: type(first) is type(second) and first == second),
}
