"""Completions at a cursor: fields, values and names, each with its description."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from enum import Enum
from typing import Any, NamedTuple

from generator.editor.cursor import Cursor, Wanted
from generator.editor.hover import about_shape
from generator.editor.names import Names, Thing, meant_by_keys, named_by_value
from generator.editor.shapes import Shape, Shapes, types_of
from generator.syntax.schema.values import TYPES


class Sort(Enum):
    """The kind of a completion."""

    FIELD = "field"
    VALUE = "value"
    NAME = "name"


class Proposal(NamedTuple):
    """One thing that can be written at a cursor."""

    label: str
    sort: Sort
    insert: str
    snippet: str = ""
    """The same for an editor that knows placeholders; empty where there are none."""
    detail: str = ""
    about: str = ""
    """Markdown."""
    required: bool = False


_SUPPRESSION = re.compile(r"#\s*tiphys:\s*ignore(?:-file)?\[[\w, -]*$")
_PLAIN = re.compile(r"[A-Za-z][\w./-]*")
_WORDS_OF_YAML = ("true", "false", "yes", "no", "on", "off", "null", "y", "n")


def proposals(cursor: Cursor, kind: str, shapes: Shapes, names: Names, present: Collection[str]) -> list[Proposal]:
    """Return the completions at a cursor in a file of a kind, required fields first.

    `present` are the keys that the mapping already has.
    """
    shape = shapes.at(cursor.pointer)
    if shape is None:
        return []
    found: list[Proposal] = []
    if cursor.wanted is not Wanted.VALUE:
        found += _keys(cursor, kind, shape, shapes, names, present)
    if cursor.wanted is not Wanted.KEY:
        found += _values(cursor, kind, shape, names)
    if cursor.wanted is not Wanted.KEY and "array" in types_of(shape) and not cursor.in_item:
        found += _items(cursor, kind, shapes, names)
    return sorted(found, key=lambda one: not one.required)


def suppressible(before: str, names: Names) -> list[Proposal]:
    """Return the rules that the comment before a cursor can name: `# tiphys: ignore[`; none for anything else."""
    if not _SUPPRESSION.search(before):
        return []
    return [Proposal(one.name, Sort.NAME, one.name, detail=one.detail) for one in names.get(Thing.RULE, ())]


def _items(cursor: Cursor, kind: str, shapes: Shapes, names: Names) -> Iterator[Proposal]:
    """Yield what the first item of a list can begin with, its dash or brackets included."""
    inner = cursor._replace(pointer=(*cursor.pointer, 0), wanted=Wanted.EITHER, in_item=True)
    before, after = ("[", "]") if cursor.wanted is Wanted.VALUE else ("- ", "")
    for one in proposals(inner, kind, shapes, names, ()):
        if not (after and one.sort is Sort.FIELD):
            snippet = f"{before}{one.snippet}{after}" if one.snippet else ""
            yield one._replace(insert=f"{before}{one.insert}{after}", snippet=snippet)


def _keys(
    cursor: Cursor, kind: str, shape: Shape, shapes: Shapes, names: Names, present: Collection[str]
) -> Iterator[Proposal]:
    if len(present) >= shape.get("maxProperties", 1_000_000):
        return
    required = shape.get("required", shape.get("x-required", ()))
    for name, field in shapes.fields(shape).items():
        if name not in present:
            insert, snippet = _key_text(cursor, name, field)
            said = about_shape(name, field)
            yield Proposal(name, Sort.FIELD, insert, snippet, _detail(field), said, name in required)
    for one in meant_by_keys(kind, cursor.pointer, names):
        if one.name not in present:
            inner = shapes.at((*cursor.pointer, one.name)) or {}
            insert, snippet = _key_text(cursor, one.name, inner)
            yield Proposal(one.name, Sort.NAME, insert, snippet, one.detail)


def _key_text(cursor: Cursor, name: str, field: Shape) -> tuple[str, str]:
    """Return the text for a key, plain and with a placeholder for its value."""
    key = name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
    if cursor.has_colon:
        return key, ""
    kinds = types_of(field)
    if "object" in kinds:
        return (f"{key}: ", f"{key}: {{$0\\}}") if cursor.in_brackets else (f"{key}:", f"{key}:\n  $0")
    if "array" in kinds:
        return (f"{key}: ", f"{key}: [$0]") if cursor.in_brackets else (f"{key}:", f"{key}:\n  - $0")
    return f"{key}: ", ""


def _detail(field: Shape) -> str:
    kinds = types_of(field)
    return " or ".join(TYPES[one].removeprefix("a ") for one in kinds)


def _values(cursor: Cursor, kind: str, shape: Shape, names: Names) -> Iterator[Proposal]:
    blank = " " if cursor.needs_blank else ""
    thing = named_by_value(kind, cursor.pointer)
    if thing is not None:
        for one in names.get(thing, ()):
            yield Proposal(one.name, Sort.NAME, blank + spelled(one.name), detail=one.detail)
        return
    told: set[str] = set()
    for value, detail in _known_values(shape):
        text = spelled(value)
        if text not in told:
            told.add(text)
            yield Proposal(text, Sort.VALUE, blank + text, detail=detail)


def _known_values(shape: Shape) -> Iterator[tuple[Any, str]]:
    if "const" in shape:
        yield shape["const"], "the only value"
    default = shape.get("default")
    for value in shape.get("enum", ()):
        yield value, "default" if value == default else ""
    if types_of(shape) == ("boolean",):
        for value in (True, False):
            yield value, "default" if value is default else ""
    if "default" in shape:
        yield default, "default"
    for value in shape.get("examples", ()):
        yield value, "example"


def spelled(value: Any) -> str:
    """Return a value as it can be written anywhere in YAML."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
        return value
    return json.dumps(value, ensure_ascii=False)
