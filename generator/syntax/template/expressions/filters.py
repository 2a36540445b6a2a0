"""The filters of templates: the closed set of them, each paying for what it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import ceil, floor
from typing import Any

from jinja2 import TemplateError, Undefined

from generator.syntax.template import lookups
from generator.syntax.template.expressions import lists, texts
from generator.syntax.template.expressions.access import attribute_of
from generator.syntax.template.expressions.budget import Budget, insist
from generator.syntax.template.expressions.predicates import test_named
from generator.syntax.template.expressions.scalars import (
    MAX_DIGITS,
    Number,
    beside_text,
    bounded,
    kind,
    number,
    plain,
    small,
    string,
)

Filter = Callable[..., Any]


def _absolute(_budget: Budget, value: Any) -> Number:
    return abs(number(value))


def _integer(_budget: Budget, value: Any, default: Any = 0, base: Any = 10) -> Any:
    if not isinstance(value, str | int | float):
        return default
    try:
        return bounded(int(_digits(value), small(base, 2, 36, "the base")) if isinstance(value, str) else int(value))
    except ValueError:
        pass
    try:
        return bounded(int(float(value)))
    except (ValueError, OverflowError):
        return default


def _float(_budget: Budget, value: Any, default: Any = 0.0) -> Any:
    if not isinstance(value, str | int | float):
        return default
    try:
        return bounded(float(_digits(value) if isinstance(value, str) else value))
    except ValueError:
        return default


def _digits(text: str) -> str:
    if len(text) > MAX_DIGITS:
        raise TemplateError(f"a string of {len(text):,} characters is too long for a number")
    return text


def _round(_budget: Budget, value: Any, precision: Any = 0, method: Any = "common") -> Number:
    places = small(precision, -15, 15, "the precision")
    if method == "common":
        return bounded(float(round(number(value), places)))
    if method not in ("ceil", "floor"):
        raise TemplateError("`round` takes `common`, `ceil` or `floor`")
    away: Callable[[float], int] = ceil if method == "ceil" else floor
    return bounded(away(number(value) * 10.0**places) / 10.0**places)


def _json(budget: Budget, value: Any, indent: Any = None) -> str:
    """Return data as JSON on one line, or indented, with the keys in order."""
    budget.walk(value)
    width = None if indent is None else small(indent, 0, 8, "the indent")
    text = json.dumps(value, sort_keys=True, indent=width, ensure_ascii=False, allow_nan=False, default=_no_json)
    budget.text(len(text))
    return text


def _no_json(value: Any) -> Any:
    raise TemplateError(f"{kind(value)} cannot be written as JSON")


def _string(budget: Budget, value: Any) -> str:
    text = string(value)
    budget.text(len(text))
    return text


def _text(budget: Budget, value: Any) -> str:
    text = beside_text(value)
    budget.text(len(text))
    return text


def _join(budget: Budget, value: Any, separator: Any = "", attribute: Any = None) -> str:
    items = lists.sequence(budget, value)
    if attribute is not None:
        items = [attribute_of(budget, item, attribute) for item in items]
    return texts.join(budget, items, string(separator))


def _map(budget: Budget, value: Any, name: Any = None, *args: Any, **named: Any) -> list[Any]:
    """Return a list with a filter applied to each item, or with an attribute of each."""
    items = lists.sequence(budget, value)
    if name is not None:
        return [apply(budget, name, item, args, named) for item in items]
    if "attribute" not in named or not named.keys() <= {"attribute", "default"}:
        raise TemplateError("`map` takes the name of a filter, or `attribute=` with an optional `default=`")
    found = [attribute_of(budget, item, named["attribute"]) for item in items]
    return [named["default"] if isinstance(item, Undefined) and "default" in named else item for item in found]


def _holds(_budget: Budget, item: Any) -> bool:
    return bool(insist(item))


def _chosen(*, wanted: bool, by_attribute: bool) -> Filter:
    """Return the filter that keeps, or leaves out, the items that pass a test."""

    def choose(budget: Budget, value: Any, *args: Any) -> list[Any]:
        (attribute, *rest) = args if by_attribute and args else (None, *args)
        test = test_named(rest[0]) if rest else _holds
        kept = []
        for item in lists.sequence(budget, value):
            subject = attribute_of(budget, item, attribute) if by_attribute else item
            if test(budget, subject, *rest[1:]) is wanted:
                kept.append(item)
        return kept

    return choose


def _at(budget: Budget, values: Any, path: Any, default: Any) -> Any:
    budget.text(len(plain(path)))
    return lookups.at(values, path, default)


def _one(budget: Budget, values: Any, path: Any, usual: Any) -> str:
    budget.text(len(plain(path)))
    found = lookups.at(values, path, {})
    budget.spend(len(found))
    return lookups.one(values, path, plain(usual))


def _older(_budget: Budget, version: Any, than: Any) -> bool:
    return lookups.older(_digits(plain(version)), _digits(plain(than)))


def _cut(_budget: Budget, text: Any, length: Any) -> str:
    return lookups.cut(string(text), small(length, 1, 1_000, "the length"))


def _slug(budget: Budget, text: Any) -> str:
    budget.text(len(string(text)))
    return lookups.slug(text)


FILTERS: dict[str, Filter] = {
    "abs": _absolute,
    "at": _at,
    "capitalize": texts.capitalize,
    "combine": lists.combine,
    "count": lists.length,
    "cut": _cut,
    "d": lists.defaulted,
    "default": lists.defaulted,
    "dictsort": lists.dictsort,
    "first": lists.first,
    "float": _float,
    "int": _integer,
    "items": lists.items,
    "join": _join,
    "last": lists.last,
    "length": lists.length,
    "list": lists.sequence,
    "lower": texts.lower,
    "map": _map,
    "max": lists.greatest,
    "min": lists.least,
    "older": _older,
    "one": _one,
    "reject": _chosen(wanted=False, by_attribute=False),
    "rejectattr": _chosen(wanted=False, by_attribute=True),
    "replace": texts.replace,
    "reverse": lists.reverse,
    "round": _round,
    "select": _chosen(wanted=True, by_attribute=False),
    "selectattr": _chosen(wanted=True, by_attribute=True),
    "slug": _slug,
    "sort": lists.sort,
    "string": _string,
    "sum": lists.total,
    "text": _text,
    "title": texts.title,
    "tojson": _json,
    "trim": texts.trim,
    "truncate": texts.truncate,
    "unique": lists.unique,
    "upper": texts.upper,
}
"""All filters. Every expression with text around it goes through `text`."""

_TAKE_UNDEFINED = ("default", "d")


def filter_named(name: Any) -> Filter:
    """Return a filter; raises TemplateError for an unknown name."""
    found = FILTERS.get(name) if isinstance(name, str) else None
    if found is None:
        raise TemplateError(f"No filter named {name!r}; available: {', '.join(FILTERS)}")
    return found


def apply(budget: Budget, name: Any, value: Any, args: Any, named: Any) -> Any:
    """Return what a filter makes of a value; raises TemplateError, and what a wrong number of arguments raises."""
    function = filter_named(name)
    budget.spend(1)
    if name not in _TAKE_UNDEFINED:
        insist(value)
    for arg in (*args, *named.values()):
        insist(arg)
    return function(budget, value, *args, **named)
