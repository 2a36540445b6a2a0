"""Run the rules over Kubernetes objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.diagnostics import Pointer, Severity
from generator.merge import lookup
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
                about = finding.at_fault or item
                yield Examined(rule, about, finding._replace(pointer=_reaching(about, finding.pointer)))


def _reaching(item: KubeObject, pointer: Pointer) -> Pointer:
    """Return a pointer, cut to the first part that is missing: what is around that is there, and can be shown."""
    while len(pointer) > 1 and not lookup(item.data, pointer[:-1])[0]:
        pointer = pointer[:-1]
    return pointer


NO_NOTES = tuple(rule for rule in OBJECT_RULES if rule.severity is not Severity.NOTE)
"""The rules for what is made from specs: a note is about what may be meant so, and there a preset has meant it."""


def outside(objects: Objects, rules: Sequence[ObjectRule] = OBJECT_RULES) -> Iterator[tuple[KubeObject, Reference]]:
    """Yield what objects refer to and nobody here can judge: of a kind, and a namespace, one for each object.

    There is none of its kind here, or the reference states another namespace, of which not all is known.
    """
    by_kind = _by_kind([rule for rule in rules if rule.refers])
    for item in objects:
        told: set[tuple[str, str, str]] = set()
        for rule in by_kind.get((item.group, item.kind), ()):
            for reference in rule.refers(item) if rule.refers else ():
                key = (reference.group, reference.kind, reference.namespace)
                if key not in told and not objects.judges(reference, item) and objects.referred(reference, item) is None:
                    told.add(key)
                    yield item, reference


def _by_kind(rules: Sequence[ObjectRule]) -> dict[tuple[str, str], list[ObjectRule]]:
    found: dict[tuple[str, str], list[ObjectRule]] = {}
    for rule in rules:
        for kind in rule.kinds:
            found.setdefault(kind, []).append(rule)
    return found
