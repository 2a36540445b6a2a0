"""The keys of a document as a tree, for the outline of an editor."""

from __future__ import annotations

from typing import NamedTuple

from generator.diagnostics import Pointer, Span
from generator.syntax.reader import Source


class Symbol(NamedTuple):
    """A key, or an item of a list, with what is below it."""

    name: str
    detail: str
    name_span: Span
    whole: Span
    children: tuple[Symbol, ...]


def symbols(source: Source) -> tuple[Symbol, ...]:
    """Return the keys of a document, nested as they are."""
    below: dict[Pointer, list[Pointer]] = {}
    for pointer in source.places:
        if pointer:
            below.setdefault(pointer[:-1], []).append(pointer)
    return _symbols(source, (), below)


def _symbols(source: Source, above: Pointer, below: dict[Pointer, list[Pointer]]) -> tuple[Symbol, ...]:
    made = []
    for pointer in sorted(below.get(above, ()), key=lambda one: source.places[one].key):
        children = _symbols(source, pointer, below)
        key, value = source.places[pointer]
        end = max((value[2:], key[2:], *(child.whole[2:] for child in children)))
        whole = Span(key.line, key.column, *end)
        name = f"[{pointer[-1]}]" if isinstance(pointer[-1], int) else pointer[-1] or '""'
        shown = key if key.line == key.end_line else Span(key.line, key.column, key.line, key.column)
        detail = "" if children else source.text_at(value)[:80]
        made.append(Symbol(name, detail, shown, whole, children))
    return tuple(made)
