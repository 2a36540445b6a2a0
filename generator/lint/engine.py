"""Run the rules over Kubernetes objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, Reference
from generator.lint.rules.rule import EVERY_KIND, Finding, Rule
from generator.syntax.merge import lookup


class Examined(NamedTuple):
    """One finding, with the rule that made it and the object that it is about."""

    rule: Rule
    object: KubeObject
    finding: Finding


Dispatch = dict[tuple[str, str], list[Rule]]
"""Rules by the kinds that they look at."""


def dispatch(rules: Sequence[Rule]) -> Dispatch:
    """Return rules by the kinds that they look at, for many sets of objects."""
    found: Dispatch = {}
    for rule in rules:
        for kind in rule.kinds:
            found.setdefault(kind, []).append(rule)
    return found


def examine(objects: Objects, by_kind: Dispatch) -> Iterator[Examined]:
    """Yield what the rules find, object by object; a rule is only asked about the kinds it looks at."""
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
                about = finding.at_fault or item
                yield Examined(rule, about, finding._replace(pointer=_reaching(about, finding.pointer)))


def _reaching(item: KubeObject, pointer: Pointer) -> Pointer:
    """Return a pointer, cut to the first part that is missing: what is around that is there, and can be shown."""
    while len(pointer) > 1 and not lookup(item.data, pointer[:-1])[0]:
        pointer = pointer[:-1]
    return pointer


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


def outside(objects: Objects, rules: Sequence[Rule]) -> Iterator[tuple[KubeObject, Reference]]:
    """Yield what objects refer to and nobody here can judge: of a kind, and a namespace, one for each object.

    There is none of its kind here, or the reference states another namespace, of which not all is known.
    """
    by_kind = dispatch([rule for rule in rules if rule.refers])
    for item in objects:
        told: set[tuple[str, str, str]] = set()
        for rule in by_kind.get((item.group, item.kind), ()):
            for reference in rule.refers(item) if rule.refers else ():
                key = (reference.group, reference.kind, reference.namespace)
                if key not in told and not objects.judges(reference, item) and objects.referred(reference, item) is None:
                    told.add(key)
                    yield item, reference
