"""Run the rules over Kubernetes objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.object_rules import OBJECT_RULES, ObjectFinding, ObjectRule
from generator.object_rules.rule import EVERY_KIND
from generator.objects import KubeObject, Objects, Reference


class Examined(NamedTuple):
    """One finding, with the rule that made it and the object that it is about."""

    rule: ObjectRule
    object: KubeObject
    finding: ObjectFinding


class Outside(NamedTuple):
    """One reference to what nobody can judge here: none of its kind is here, or it is of another namespace."""

    rule: ObjectRule
    object: KubeObject
    reference: Reference


def examine(objects: Objects, rules: Sequence[ObjectRule] = OBJECT_RULES) -> Iterator[Examined]:
    """Yield what the rules find, object by object; a rule is only asked about the kinds it looks at."""
    by_kind = _by_kind(rules)
    for item in objects:
        for rule in (*by_kind.get(EVERY_KIND[0], ()), *by_kind.get((item.group, item.kind), ())):
            for finding in rule.check(item, objects):
                yield Examined(rule, finding.at_fault or item, finding)


def outside(objects: Objects, rules: Sequence[ObjectRule] = OBJECT_RULES) -> Iterator[Outside]:
    """Yield what objects refer to and `examine` therefore says nothing about, each name of an object once."""
    by_kind = _by_kind([rule for rule in rules if rule.refers])
    for item in objects:
        told: set[tuple[str, str, str, str]] = set()
        for rule in by_kind.get((item.group, item.kind), ()):
            for reference in rule.refers(item) if rule.refers else ():
                key = (reference.group, reference.kind, reference.namespace, reference.name)
                if key not in told and not objects.judges(reference, item) and objects.referred(reference, item) is None:
                    told.add(key)
                    yield Outside(rule, item, reference)


def _by_kind(rules: Sequence[ObjectRule]) -> dict[tuple[str, str], list[ObjectRule]]:
    found: dict[tuple[str, str], list[ObjectRule]] = {}
    for rule in rules:
        for kind in rule.kinds:
            found.setdefault(kind, []).append(rule)
    return found
