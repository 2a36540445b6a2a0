"""Values that arrive in an object as something else: numbers in scientific notation, mappings as Go prints them.

Helm reads every number of a values file as a float of 64 bits, and a template that prints one does it as Go does: from a
million on with an exponent. As a number in an object it is still the same; in a text it is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, Severity, dotted
from generator.kubernetes.objects import KubeObject
from generator.syntax.merge import lookup
from generator.syntax.reader.foreign import yaml_data
from generator.verify.findings import Found, OfChart, OfObject, OfValue

SHAPE = "TP664"
_SUSPECT = re.compile(r"\de[+-]\d\d|%!|map\[|\d{16}")
_NUMBER = re.compile(r"(?<![\w.+-])-?\d+(?:\.\d+)?(?:e[+-]\d{2,3})?(?![\w.])")
_PRINTF = re.compile(r"(%!(?:[A-Za-z]\((?:[\w.*{}\[\]]{1,40}=|<nil>|MISSING)|\(EXTRA ))[^()]{0,80}\)")
"""What `printf` prints for a value that does not fit; of the value itself nothing is shown."""
_FROM, _BELOW = Decimal(10) ** 6, Decimal(10) ** -4
"""Between these Go prints a float without an exponent. Source: go, strconv/ftoa.go (%e is used if…)"""
_EXACT = 2**53
"""From here on not every whole number is a float."""
_LARGEST = 10**308
"""Beyond it no whole number is one."""
_MOST_TEXT = 4096
_WORD = re.compile(r"[-+]?[0-9][0-9A-Fa-fox_.+-]*|(?i:y|n|yes|no|on|off|true|false)")
_MOST_WORD = 40

Schema = Callable[[KubeObject, Pointer], bool | None]
"""Tells whether there is a schema for an object; None if it has something against a field."""


class Reached(NamedTuple):
    """A text of an object, or the part of it that a value became."""

    item: KubeObject
    pointer: Pointer
    text: str


def suspects(items: Iterable[KubeObject]) -> list[Reached]:
    """Return the texts of objects that may be made of a value in another shape."""
    return [Reached(item, at, text) for item in items for at, text in _texts(item.data, ()) if _SUSPECT.search(text)]


def misprinted(texts: Iterable[Reached]) -> Iterator[OfObject]:
    """Yield the texts in which a template printed a value of a wrong type."""
    for item, at, text in texts:
        for shape in dict.fromkeys(match[1] for match in _PRINTF.finditer(text)):
            end = "…)" if shape.endswith(("=", " ")) else ")"
            message = (
                f"{item.title}: {dotted(at)} contains `{shape}{end}`: `printf` got a value that is missing or of a wrong type"
            )
            hint = "convert the value in the chart, with `int` or `toString`"
            yield OfObject(item, at, SHAPE, Severity.ERROR, message, hint)


def changed(texts: Sequence[Reached], values: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Found]:
    """Yield the values that arrive in another shape, each once: those given to the chart, and its own defaults.

    `values` are all that the chart has, and `given` those that are not its defaults.
    """
    forms = _forms(values, maps=any("map[" in one.text for one in texts))
    reached: dict[Pointer, list[Reached]] = {}
    for one in texts:
        for shape, path in _arrived(_PRINTF.sub("", one.text), forms):
            reached.setdefault(path, []).append(one._replace(text=shape))
    for path, places in reached.items():
        yield _problem(path, places, lookup(values, path)[1], is_given=lookup(given, path)[0])


def unquoted(items: Iterable[KubeObject], given: Mapping[str, Any], schema: Schema) -> Iterator[OfValue]:
    """Yield the texts that a chart prints without quotes, so that YAML reads something else: `1.10`, `0123`, `on`.

    That a field gets another type than it has is what its schema says. Here it is a field that takes what it gets.
    """
    texts = {_key(path, reading): (path, text) for path, text, reading in _misread(given)}
    told: set[Pointer] = set()
    for item in items if texts else ():
        for at, value in _leaves(item.data, ()):
            path, text = texts.get(_key(at, value), ((), "")) if _is_plain(value) else ((), "")
            if not path or path in told or not _is_lost(text, value, known=schema(item, at)):
                continue
            told.add(path)
            message = f'`{dotted(path)}` is the text "{text}", but arrives as {_shown(value)} in {item.title}, {dotted(at)}'
            by = f"; rendered by {item.origin}" if item.origin else ""
            yield OfValue(path, SHAPE, Severity.ERROR, message, f"print it with `quote` in the chart{by}")


def _key(path: Pointer, value: Any) -> tuple[str, bool, Any]:
    """Return what a value and a field have in common: the name, and the value; true is not 1."""
    return str(path[-1]).lower(), isinstance(value, bool), value


def _misread(given: Mapping[str, Any]) -> Iterator[tuple[Pointer, str, Any]]:
    """Yield the texts in values that YAML reads as something else without quotes, with what it reads."""
    for path, text in _leaves(given, ()):
        if isinstance(text, str) and len(text) <= _MOST_WORD and _WORD.fullmatch(text):
            try:
                reading = yaml_data(text.encode("utf-8"))
            except ValueError:
                continue
            if _is_plain(reading) and _shown(reading) != text:
                yield path, text, reading


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else _written(value) if isinstance(value, int | float) else str(value)


def _is_lost(text: str, value: Any, *, known: bool | None) -> bool:
    """Tell whether a field gets something else than its text; `known` is whether a schema has the field, None if it objects.

    Where a schema takes a number, 1.10 is as good as 1.1, and `on` as good as true; 0123, which is 83, is not.
    """
    if known is None:
        return False
    if not known:
        return True
    try:
        return not isinstance(value, bool) and Decimal(text) != Decimal(repr(value))
    except ArithmeticError:
        return True


def _problem(path: Pointer, places: list[Reached], value: Any, *, is_given: bool) -> Found:
    first = places[0]
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    what = f"{first.item.title}, {dotted(first.pointer)}{more}"
    by = f"; rendered by {first.item.origin}" if first.item.origin else ""
    if isinstance(value, dict):
        message = f"the mapping `{dotted(path)}` is printed as Go prints it, `map[…]`, in {what}"
        hint = "print it with `toYaml` or `toJson` in the chart, or give the chart the value that it expects"
    else:
        message = f"`{dotted(path)}` is {_written(value)}, but arrives as `{first.text}` in {what}"
        hint = f'write it as text, "{_written(value)}"'
        hint += ", or print it with `int64` in the chart" if isinstance(value, int) and abs(value) <= _EXACT else ""
    if is_given:
        return OfValue(path, SHAPE, Severity.ERROR, message, hint + by)
    return OfChart(SHAPE, Severity.ERROR, message, hint.replace("write it as text", f"set `{dotted(path)}` as text") + by)


def _forms(values: Mapping[str, Any], *, maps: bool) -> dict[str, Pointer]:
    """Return what the numbers and mappings of values look like in another shape, with the first place of each."""
    found: dict[str, Pointer] = {}
    own: set[str] = set()
    for path, value in _leaves(values, ()):
        if isinstance(value, str):
            own.update(_NUMBER.findall(value[:_MOST_TEXT]))
        elif isinstance(value, dict) and maps:
            found.setdefault(_go(value), path)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            for form in _forms_of(value):
                found.setdefault(form, path)
    return {form: path for form, path in found.items() if form not in own}


def _forms_of(value: float) -> Iterator[str]:
    """Yield how a number is printed, where that is not how it is written."""
    printed = _go(value)
    if "e" in printed:
        yield printed
    if isinstance(value, int) and _EXACT < abs(value) < _LARGEST:
        rounded = str(int(Decimal(repr(float(value)))))
        if rounded != str(value):
            yield rounded


def _arrived(text: str, forms: Mapping[str, Pointer]) -> Iterator[tuple[str, Pointer]]:
    """Yield what a text contains of values in another shape; the numbers in a mapping count as part of it."""
    for form, path in forms.items() if "map[" in text else ():
        if form.startswith("map[") and form in text:
            yield form, path
            text = text.replace(form, "")
    for shape in dict.fromkeys(_NUMBER.findall(text)):
        if shape in forms:
            yield shape, forms[shape]


def _texts(node: Any, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(node, str):
        yield at, node
    items: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from _texts(value, (*at, key))


def _leaves(node: Any, at: Pointer) -> Iterator[tuple[Pointer, Any]]:
    """Yield the scalars in values, and the mappings that are not empty."""
    if at and (not isinstance(node, dict | list) or (isinstance(node, dict) and node)):
        yield at, node
    items: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from _leaves(value, (*at, key))


def _go(value: Any) -> str:
    """Return a value as Go's `fmt` prints it.

    Source: go, fmt/print.go, strconv/ftoa.go
    """
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{_go(item)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(_go, value)) + "]"
    return value if isinstance(value, str) else _go_number(value)


def _go_number(value: float) -> str:
    try:
        number = Decimal(repr(float(value)))
    except OverflowError:
        return str(value)
    if not number.is_finite() or number == 0 or _BELOW <= abs(number) < _FROM:
        return _written(value)
    sign, digits, exponent = number.normalize().as_tuple()
    power = int(exponent) + len(digits) - 1
    mantissa = str(digits[0]) + ("." + "".join(map(str, digits[1:])) if len(digits) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02}"


def _written(value: float) -> str:
    """Return a number without an exponent."""
    return str(value) if isinstance(value, int) else f"{Decimal(repr(value)).normalize():f}"
