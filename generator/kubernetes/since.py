"""Which release of Argo knows a field or a word first, from the table that ships: schemas/fields-by-version.txt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.target import Target, first_of
from generator.syntax import shipped
from generator.syntax.named_tuples import NamedTuple

WORDS = ("sync-option", "hook")
"""What the table has words of; all else in it are fields."""

_SAME = {"ClusterAnalysisTemplate": "AnalysisTemplate"}
_ENTRY = "[]"


class Newer(NamedTuple):
    """A field that a stated version does not have."""

    pointer: Pointer
    product: str
    since: str


class _Node:
    """What the table says of a field, and of the fields below it."""

    __slots__ = ("below", "part", "product", "since")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.product = self.since = self.part = ""

    def at(self, path: str) -> _Node:
        """Return the node of a field below, which is made if it is new."""
        node = self
        for name in path.replace(_ENTRY, f".{_ENTRY}").split("."):
            node = node.below.setdefault(name, _Node())
        return node


class _Table(NamedTuple):
    fields: dict[str, _Node]
    words: dict[tuple[str, str], tuple[str, str]]
    """The product and release of a word, by its kind and itself."""


@cache
def _entries() -> list[list[str]]:
    lines = shipped.read("schemas", "fields-by-version.txt").decode("ascii").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=16)
def _newer_than(target: Target) -> _Table:
    """Return what the table has that the stated versions lack: most objects have none of it, and are not searched for more."""
    table = _Table({}, {})
    for product, release, of, name in _entries():
        if product == "part" or not _is_newer(product, release, target):
            continue
        if of in WORDS:
            table.words[of, name] = (product, release)
        else:
            node = table.fields.setdefault(of, _Node()).at(name)
            node.product, node.since = product, release
    parts = [entry for entry in _entries() if entry[0] == "part"]
    while used := [entry for entry in parts if entry[3] in table.fields]:  # a part can be in a part
        for _, of, name, part in used:
            table.fields.setdefault(of, _Node()).at(name).part = part
        parts = [entry for entry in parts if entry not in used]
    return table


def newer_fields(kind: str, data: Any, target: Target) -> Iterator[Newer]:
    """Yield the fields of an Argo object that the stated versions drop, the topmost of each."""
    table = _newer_than(target)
    node = table.fields.get(_SAME.get(kind, kind))
    if node is not None:
        yield from _newer(node, data, table, ())


def _newer(node: _Node, data: Any, table: _Table, here: Pointer) -> Iterator[Newer]:
    if isinstance(data, list):
        entry = node.below.get(_ENTRY)
        for index, value in enumerate(data) if entry else ():
            yield from _newer(entry, value, table, (*here, index))  # type: ignore[arg-type]
        return
    if not isinstance(data, dict):
        return
    for name, below in node.below.items():
        if data.get(name) is None:
            continue
        if below.since:
            yield Newer((*here, name), below.product, below.since)
        else:
            yield from _newer(below, data[name], table, (*here, name))
    if node.part:
        yield from _newer(table.fields[node.part], data, table, here)


def newer_words(target: Target) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Return the words that the stated version does not know, by kind, with the product and release that do first."""
    return _newer_than(target).words


def _is_newer(product: str, since: str, target: Target) -> bool:
    stated = target.release(product)
    return stated is not None and stated < first_of(since)
