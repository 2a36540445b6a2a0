"""Filters for strings, and methods of the same names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2 import TemplateError

from generator.syntax.template.expressions.budget import Budget
from generator.syntax.template.expressions.scalars import plain, small, string

_WORD = re.compile(r"([-\s({\[<]+)")
_MAX_STRIPPED = 64


def lower(budget: Budget, value: Any) -> str:
    """Return a text in lower case."""
    return _paid(budget, string(value)).lower()


def upper(budget: Budget, value: Any) -> str:
    """Return a text in upper case."""
    return _paid(budget, string(value)).upper()


def capitalize(budget: Budget, value: Any) -> str:
    """Return a text with a capital first letter, the rest in lower case."""
    return _paid(budget, string(value)).capitalize()


def title(budget: Budget, value: Any) -> str:
    """Return a text in which each word has a capital first letter."""
    return "".join(part[0].upper() + part[1:].lower() for part in _WORD.split(_paid(budget, string(value))) if part)


def trim(budget: Budget, value: Any, chars: Any = None) -> str:
    """Return a text without spaces, or without some characters, around it."""
    return _paid(budget, string(value)).strip(_stripped(chars))


def replace(budget: Budget, value: Any, old: Any, new: Any, count: Any = None) -> str:
    """Return a text with one part replaced by another."""
    text, gone, put = _paid(budget, string(value)), string(old), string(new)
    most = -1 if count is None else small(count, 0, 1_000_000, "the number of replacements")
    found = text.count(gone) if most < 0 else min(text.count(gone), most)
    budget.text(len(text) + found * (len(put) - len(gone)))
    return text.replace(gone, put, most)


def truncate(budget: Budget, value: Any, length: Any = 255, killwords: Any = False, end: Any = "...", leeway: Any = 5) -> str:
    """Return a text that is cut, with dots at its end, where it is longer than a length."""
    text, dots = _paid(budget, string(value)), string(end)
    most = small(length, len(dots), 1_000_000, "the length")
    if len(text) <= most + small(leeway, 0, 1_000, "the leeway"):
        return text
    budget.text(most)
    cut = text[: most - len(dots)]
    return (cut if killwords else cut.rsplit(" ", 1)[0]) + dots


def join(budget: Budget, items: Any, separator: str) -> str:
    """Return texts as one, with a separator between them."""
    if not isinstance(items, list | tuple | str | dict):
        raise TemplateError("only a list can be joined")
    budget.spend(len(items))
    texts = [string(item) for item in items]
    budget.text(sum(map(len, texts)) + len(separator) * max(len(texts) - 1, 0))
    return separator.join(texts)


def _paid(budget: Budget, text: str) -> str:
    budget.text(len(text))
    return text


def _stripped(chars: Any) -> str | None:
    if chars is None:
        return None
    if len(plain(chars)) > _MAX_STRIPPED:
        raise TemplateError(f"at most {_MAX_STRIPPED} different characters can be stripped")
    return str(chars)


def _split(budget: Budget, text: str, separator: Any = None, most: Any = -1) -> list[str]:
    limit = small(most, -1, 1_000_000, "the number of splits")
    budget.spend(1 + len(text) // 2 if separator is None else 1 + text.count(plain(separator)))
    return text.split(separator, limit)


def _splitlines(budget: Budget, text: str) -> list[str]:
    found = text.splitlines()
    budget.spend(len(found))
    return found


_ASKED = ("isalnum", "isalpha", "isdigit", "islower", "isupper")
_WITH_ONE = ("count", "endswith", "find", "removeprefix", "removesuffix", "startswith")


def _asked(name: str) -> Callable[..., Any]:
    function = getattr(str, name)
    return lambda _budget, text: function(text)


def _with_one(name: str) -> Callable[..., Any]:
    function = getattr(str, name)
    return lambda _budget, text, part: function(text, plain(part))


METHODS: dict[str, Callable[..., Any]] = {
    **{name: _asked(name) for name in _ASKED},
    **{name: _with_one(name) for name in _WITH_ONE},
    "capitalize": capitalize,
    "join": lambda budget, text, items: join(budget, items, text),
    "lower": lower,
    "lstrip": lambda _budget, text, chars=None: text.lstrip(_stripped(chars)),
    "replace": replace,
    "rstrip": lambda _budget, text, chars=None: text.rstrip(_stripped(chars)),
    "split": _split,
    "splitlines": _splitlines,
    "strip": trim,
    "title": lambda _budget, text: text.title(),
    "upper": upper,
}
"""The methods of texts. What they are called on is paid for before the call."""
