"""Run the rules over Kubernetes objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from generator.diagnostics import Severity
from generator.object_rules import OBJECT_RULES, ObjectFinding, ObjectRule
from generator.object_rules.rule import EVERY_KIND
from generator.objects import KubeObject, Objects, Reference


class Examined(NamedTuple):
    """One finding, with the rule that made it and the object that it is about."""

    rule: ObjectRule
    object: KubeObject
    finding: ObjectFinding


def examine(objects: Objects, rules: Sequence[ObjectRule] = OBJECT_RULES) -> Iterator[Examined]:
    """Yield what the rules find, object by object; a rule is only asked about the kinds it looks at."""
    by_kind = _by_kind(tuple(rules))
    for item in objects:
        keys: set[str] | None = None
        for rule in (*by_kind.get(EVERY_KIND[0], ()), *by_kind.get((item.group, item.kind), ())):
            if rule.needs:
                if keys is None:
                    keys = set()
                    _collect_keys(item.data.get("spec"), keys, _DEPTH)
                if keys.isdisjoint(rule.needs):
                    continue
            for finding in rule.check(item, objects):
                yield Examined(rule, item, finding)


_DEPTH = 6
"""How deep the keys stand that rules need: in a step of a canary, below strategy."""


def _collect_keys(node: Any, keys: set[str], depth: int) -> None:
    if isinstance(node, dict):
        keys.update(node)
        children: Any = node.values()
    else:
        children = node if isinstance(node, list) else ()
    if depth:
        for child in children:
            if isinstance(child, dict | list):
                _collect_keys(child, keys, depth - 1)


NO_NOTES = tuple(rule for rule in OBJECT_RULES if rule.severity is not Severity.NOTE)
"""The rules for what is made from specs: a note is about what may be meant so, and there a preset has meant it."""


def outside(objects: Objects) -> Iterator[tuple[KubeObject, Reference]]:
    """Yield what objects refer to and nobody here can judge, as there is none of its kind; a kind once per object."""
    by_kind = _by_kind(tuple(rule for rule in OBJECT_RULES if rule.refers))
    for item in objects:
        told: set[tuple[str, str]] = set()
        for rule in by_kind.get((item.group, item.kind), ()):
            for reference in rule.refers(item) if rule.refers else ():
                key = (reference.group, reference.kind)
                if key not in told and not objects.holds(*key):
                    told.add(key)
                    yield item, reference


@lru_cache(maxsize=8)
def _by_kind(rules: tuple[ObjectRule, ...]) -> dict[tuple[str, str], list[ObjectRule]]:
    found: dict[tuple[str, str], list[ObjectRule]] = {}
    for rule in rules:
        for kind in rule.kinds:
            found.setdefault(kind, []).append(rule)
    return found
