"""Checks of data, built from smaller ones: what a part of a pod may say is a table of them.

A check is given a value and where it is. What has another type than the check is about is left to the schema,
and so is a field that the schema requires. A value that is null is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import Format
from generator.kubernetes.objects import maps
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed, suggestion


class Fault(NamedTuple):
    """One value that the API server refuses."""

    pointer: Pointer
    message: str
    hint: str


Check = Callable[[Any, Pointer], Iterator[Fault]]


def called(here: Pointer) -> str:
    """Return what a value is called: its field, or `an entry of` its list."""
    return f"an entry of {here[-2]}" if isinstance(here[-1], int) else str(here[-1])


def fields(**checks: Check) -> Check:
    """Return a check of the fields of a map."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        if isinstance(value, dict):
            for name, inner in checks.items():
                if value.get(name) is not None:
                    yield from inner(value[name], (*here, name))

    return check


def each(*checks: Check) -> Check:
    """Return a check of every entry of a list."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        for index, entry in enumerate(value) if isinstance(value, list) else ():
            for inner in checks:
                yield from inner(entry, (*here, index))

    return check


def both(*checks: Check) -> Check:
    """Return a check that is several."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        for inner in checks:
            yield from inner(value, here)

    return check


def choice(*known: str, empty: bool = False) -> Check:
    """Return a check of text that is one of some words; `empty` permits empty text, which means the default."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        if isinstance(value, str) and value not in known and (value or not empty):
            hint = suggestion(value, known, f"use {listed(known, last='or')}")
            yield Fault(here, f"unknown {called(here).removeprefix('an ')} `{value}`", hint)

    return check


def text(form: Format, *, empty: bool = False) -> Check:
    """Return a check of text that has a format; `empty` permits empty text, which means that it is not set."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        if isinstance(value, str) and not (value == "" and empty) and not form.fits(value):
            yield Fault(here, f"`{value}` is not a valid {form.what}", form.hint)

    return check


def filled(value: Any, here: Pointer) -> Iterator[Fault]:
    """Yield a fault for empty text."""
    if value == "":
        yield Fault(here, f"{called(here)} is empty", "write a value")


def needs(*names: str) -> Check:
    """Return a check of a map that must have some fields, which its schema does not require; empty text is not there."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        for name in names if isinstance(value, dict) else ():
            if value.get(name) in (None, "", []):
                yield Fault((*here, name), f"{called(here)} has no {name}", f"add `{name}`")

    return check


def between(least: int, most: int) -> Check:
    """Return a check of an integer."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        if isinstance(value, int) and not isinstance(value, bool) and not least <= value <= most:
            yield Fault(
                here, f"{called(here)} is {value}, not between {least} and {most}", f"set a number from {least} to {most}"
            )

    return check


def at_least(least: int) -> Check:
    """Return a check of an integer that has no maximum."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        if isinstance(value, int) and not isinstance(value, bool) and value < least:
            yield Fault(here, f"{called(here)} is {value}; the minimum is {least}", f"set {least} or more")

    return check


def one_of(*ways: str, what: str) -> Check:
    """Return a check of a map that must have exactly one of some fields."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        if isinstance(value, dict):
            given = [way for way in ways if value.get(way) is not None]
            if len(given) != 1:
                subject = called(here)
                message = f"{subject} must have one {what}, not {listed(given)}" if given else f"{subject} has no {what}"
                yield Fault(here, message, f"set one of {listed(ways, last='or')}")

    return check


def unique(name: str, *others: str) -> Check:
    """Return a check of a list whose entries differ in a field, or in several taken together."""

    def check(value: Any, here: Pointer) -> Iterator[Fault]:
        seen: set[tuple[str, ...]] = set()
        for index, entry in maps(value):
            key = tuple(repr(entry.get(field)) for field in (name, *others))
            if key in seen and entry.get(name) is not None:
                message = f"`{here[-1]}` has two entries with {name} `{entry[name]}`"
                yield Fault((*here, index, name), message, "remove one of the two, or change it")
            seen.add(key)

    return check


def entries(key: Format, value: Format | None = None) -> Check:
    """Return a check of a map from names to text."""

    def check(table: Any, here: Pointer) -> Iterator[Fault]:
        for name, given in table.items() if isinstance(table, dict) else ():
            yield from text(key)(str(name), (*here, name))
            if value is not None:
                yield from text(value)(given, (*here, name))

    return check
