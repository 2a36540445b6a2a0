"""Which release of Argo knows a field or a word first, from the table that ships: schemas/fields-by-version.txt."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.target import Target, first_of
from generator.syntax import shipped

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
def _table() -> _Table:
    table = _Table({}, {})
    for line in shipped.read("schemas", "fields-by-version.txt").decode("ascii").splitlines():
        if not line or line.startswith("#"):
            continue
        product, second, third, last = line.split()
        if product == "part":
            table.fields.setdefault(second, _Node()).at(third).part = last
        elif third in WORDS:
            table.words[third, last] = (product, second)
        else:
            node = table.fields.setdefault(third, _Node()).at(last)
            node.product, node.since = product, second
    return table


def newer_fields(kind: str, data: Any, target: Target) -> Iterator[Newer]:
    """Yield the fields of an Argo object that the stated versions drop, the topmost of each."""
    node = _table().fields.get(_SAME.get(kind, kind))
    if node is not None and (target.argocd or target.rollouts):
        yield from _newer(node, data, target, ())


def _newer(node: _Node, data: Any, target: Target, here: Pointer) -> Iterator[Newer]:
    if isinstance(data, list):
        entry = node.below.get(_ENTRY)
        for index, value in enumerate(data) if entry else ():
            yield from _newer(entry, value, target, (*here, index))  # type: ignore[arg-type]
        return
    if not isinstance(data, dict):
        return
    for name, below in node.below.items():
        if data.get(name) is None:
            continue
        if below.since and _is_newer(below.product, below.since, target):
            yield Newer((*here, name), below.product, below.since)
        else:
            yield from _newer(below, data[name], target, (*here, name))
    if node.part:
        yield from _newer(_table().fields[node.part], data, target, here)


def newer_word(kind: str, word: str, target: Target) -> tuple[str, str] | None:
    """Return the product and release that know a word first, if the stated version does not; None for any other word."""
    found = _table().words.get((kind, word))
    return found if found and _is_newer(*found, target) else None


def _is_newer(product: str, since: str, target: Target) -> bool:
    stated = target.release(product)
    return stated is not None and stated < first_of(since)
