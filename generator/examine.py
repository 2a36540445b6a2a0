"""Run the rules over Kubernetes objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.object_rules import OBJECT_RULES, ObjectFinding, ObjectRule
from generator.object_rules.rule import EVERY_KIND
from generator.objects import KubeObject, Objects


class Examined(NamedTuple):
    """One finding, with the rule that made it and the object that it is about."""

    rule: ObjectRule
    object: KubeObject
    finding: ObjectFinding


def examine(objects: Objects, rules: Sequence[ObjectRule] = OBJECT_RULES) -> Iterator[Examined]:
    """Yield what the rules find, object by object; a rule is only asked about the kinds it looks at."""
    by_kind: dict[tuple[str, str], list[ObjectRule]] = {}
    for rule in rules:
        for kind in rule.kinds:
            by_kind.setdefault(kind, []).append(rule)
    for item in objects:
        for rule in (*by_kind.get(EVERY_KIND[0], ()), *by_kind.get((item.group, item.kind), ())):
            for finding in rule.check(item, objects):
                yield Examined(rule, item, finding)
