"""Run the rules over Kubernetes objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

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
    by_kind = _by_kind(rules)
    for item in objects:
        for rule in (*by_kind.get(EVERY_KIND[0], ()), *by_kind.get((item.group, item.kind), ())):
            for finding in rule.check(item, objects):
                yield Examined(rule, item, finding)


NO_NOTES = tuple(rule for rule in OBJECT_RULES if rule.severity is not Severity.NOTE)
"""The rules for what is made from specs: a note is about what may be meant so, and there a preset has meant it."""


def outside(objects: Objects) -> Iterator[tuple[KubeObject, Reference]]:
    """Yield what objects refer to and nobody here can judge, as there is none of its kind; a kind once per object."""
    by_kind = _by_kind([rule for rule in OBJECT_RULES if rule.refers])
    for item in objects:
        told: set[tuple[str, str]] = set()
        for rule in by_kind.get((item.group, item.kind), ()):
            for reference in rule.refers(item) if rule.refers else ():
                key = (reference.group, reference.kind)
                if key not in told and not objects.holds(*key):
                    told.add(key)
                    yield item, reference


def _by_kind(rules: Sequence[ObjectRule]) -> dict[tuple[str, str], list[ObjectRule]]:
    found: dict[tuple[str, str], list[ObjectRule]] = {}
    for rule in rules:
        for kind in rule.kinds:
            found.setdefault(kind, []).append(rule)
    return found
