"""Lists that the API server reads as maps: entries with equal keys are refused.

A schema of Kubernetes says by which keys, and JSON Schema has no word for it, so this is a pass of its own. It
holds for custom resources: of its own kinds, the API server asks only under server-side apply.
Source: kubernetes.io, Custom Resource Definitions; k8s.io/apiextensions-apiserver, pkg/apiserver/schema/listtype
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.objects import maps

_DEFAULTS = {"protocol": "TCP"}
"""What keys are that are not written."""


class Twice(NamedTuple):
    """An entry of a list that has the keys of an earlier one."""

    pointer: Pointer
    message: str


class Lists(NamedTuple):
    """What a schema says of lists, of a value and of what is in it."""

    keys: tuple[str, ...]
    is_set: bool
    fields: Mapping[str, Lists]


def lists_of(name: str, definitions: Mapping[str, Any], path: tuple[str, ...] = ()) -> Lists:
    """Return the lists with keys in a definition, and in all that it refers to."""
    schema = definitions[name]
    return Lists((), is_set=False, fields=dict(_fields(schema, definitions, (*path, name))))


def _fields(schema: dict[str, Any], definitions: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, Lists]]:
    for field, inner in schema.get("properties", {}).items():
        items = inner.get("items", {})
        reference = (inner.get("$ref") or items.get("$ref") or "").rpartition("/")[2]
        below = lists_of(reference, definitions, path).fields if reference and reference not in path else {}
        keys = tuple(inner.get("x-kubernetes-list-map-keys", ()))
        is_set = inner.get("x-kubernetes-list-type") == "set"
        if below or keys or is_set:
            yield field, Lists(keys, is_set, below)


def twice(value: Any, lists: Lists, here: Pointer) -> Iterator[Twice]:
    """Yield the entries of lists, at any depth, that the API server has read before."""
    for field, inner in lists.fields.items() if isinstance(value, dict) else ():
        below, pointer = value.get(field), (*here, field)
        if inner.keys:
            yield from _same_keys(below, inner.keys, pointer)
        elif inner.is_set and isinstance(below, list):
            found = [index for index, one in enumerate(below) if one in below[:index]]
            yield from (Twice((*pointer, index), f"`{field}` contains `{below[index]}` twice") for index in found)
        if isinstance(below, list):
            for index, entry in maps(below):
                yield from twice(entry, inner, (*pointer, index))
        else:
            yield from twice(below, inner, pointer)


def _same_keys(entries: Any, keys: tuple[str, ...], here: Pointer) -> Iterator[Twice]:
    seen: set[tuple[str, ...]] = set()
    for index, entry in maps(entries):
        values = [_DEFAULTS.get(key) if entry.get(key) is None else entry[key] for key in keys]
        identity = tuple(map(repr, values))
        if identity in seen and values[0] is not None:
            words = " and ".join(f"{key} `{value}`" for key, value in zip(keys, values, strict=True))
            yield Twice((*here, index, keys[0]), f"`{here[-1]}` already has an entry with {words}")
        seen.add(identity)
