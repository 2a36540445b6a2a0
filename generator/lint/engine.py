"""Run the rules over Kubernetes objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects, Reference
from generator.lint.rules.rule import EVERY_KIND, Finding, Rule
from generator.syntax.budget import SpentError
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import counted, listed

NOT_CHECKED = Rule(__name__, "TP640", "references-not-checked", Severity.WARNING, ())
"""What a finding is of that says what no rule has checked."""


class Examined(NamedTuple):
    """One finding, with the rule that made it and the object that it is about."""

    rule: Rule
    object: KubeObject
    finding: Finding
    looked_at: KubeObject
    """The object that the rule ran on, which may be a different one."""

    @property
    def severity(self) -> Severity:
        """The severity of the finding: that of its rule, unless it has its own."""
        return self.finding.severity or self.rule.severity

    @property
    def is_of_rule(self) -> bool:
        """Whether a rule of the user is itself at fault, which is told once for all services."""
        if self.finding.at_fault is None:
            return False
        from generator.lint.catalogue import own_name  # a run without such findings does without the manual

        return bool(own_name(self.rule.id, self.finding.message))

    def attributed(self, placed: Diagnostic) -> Diagnostic:
        """Return the finding at its place, of no service where a rule of the user is itself at fault."""
        return placed._replace(service="", environment="") if self.is_of_rule else placed


class Dispatch:
    """Rules by the kinds that they check, and by the keys that they need."""

    __slots__ = ("_by_kind", "_needed", "_running")

    def __init__(self, by_kind: Mapping[tuple[str, str], list[Rule]]) -> None:
        self._by_kind = by_kind
        self._needed: dict[tuple[str, str], frozenset[str]] = {}
        """The keys that any rule for a kind needs."""
        self._running: dict[tuple[tuple[str, str], frozenset[str]], list[Rule]] = {}
        """The rules that run on a kind, by which of these keys an object has."""

    def of(self, item: KubeObject) -> list[Rule]:
        """Return the rules that name the kind of an object."""
        return self._by_kind.get((item.group, item.kind), [])

    def running(self, item: KubeObject) -> list[Rule]:
        """Return the rules that run on an object, in their order."""
        kind = (item.group, item.kind)
        needed = self._needed.get(kind)
        if needed is None:
            needed = self._needed[kind] = frozenset(key for rule in self._all(item) for key in rule.needs)
        keys: set[str] = set()
        if needed:
            _collect_keys(item.data.get("spec"), keys, _DEPTH)
        present = needed & keys
        running = self._running.get((kind, present))
        if running is None:
            running = [rule for rule in self._all(item) if not rule.needs or not rule.needs.isdisjoint(present)]
            self._running[kind, present] = running
        return running

    def _all(self, item: KubeObject) -> list[Rule]:
        return [*self._by_kind.get(EVERY_KIND[0], ()), *self.of(item)]


def dispatch(rules: Sequence[Rule]) -> Dispatch:
    """Return rules by the kinds that they check; the result can be used for many sets of objects."""
    found: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        for kind in rule.kinds:
            found.setdefault(kind, []).append(rule)
    return Dispatch(found)


def examine(objects: Objects, rules: Dispatch, items: Iterable[KubeObject] | None = None) -> list[Examined]:
    """Return the findings of all rules in these of the objects, or in all; a rule only runs on the kinds that it checks."""
    return examine_by(objects, ((item, rule) for item in (objects if items is None else items) for rule in rules.running(item)))


def examine_by(objects: Objects, pairs: Iterable[tuple[KubeObject, Rule]]) -> list[Examined]:
    """Return the findings of some rules, each in one of the objects."""
    found: list[Examined] = []
    unchecked: list[tuple[Rule, KubeObject]] = []
    with objects.reading.limited():
        for item, rule in pairs:
            try:
                for finding in rule.check(item, objects):
                    about = finding.at_fault or item
                    found.append(Examined(rule, about, finding._replace(pointer=_reaching(about, finding.pointer)), item))
            except SpentError:  # the rule would read too much of other objects
                unchecked.append((rule, item))
    if unchecked:
        found.append(_not_checked(unchecked))
    return found


def _not_checked(unchecked: list[tuple[Rule, KubeObject]]) -> Examined:
    """Return one finding for all that was not checked."""
    rules = listed({rule.id for rule, _ in unchecked})
    objects = {id(item): item for _, item in unchecked}
    first, *others = objects.values()
    which = f"{first.title} and {counted(len(others), 'other object')}" if others else first.title
    message = f"{which} {'are' if others else 'is'} not checked by {rules}: what {'they refer' if others else 'it refers'} to takes too long to read"
    finding = Finding(("metadata", "name"), message, "lint fewer objects together, or refer to smaller ones")
    return Examined(NOT_CHECKED, first, finding, first)


def _reaching(item: KubeObject, pointer: Pointer) -> Pointer:
    """Return a pointer cut after its first missing part: everything before that exists, and can be shown."""
    while len(pointer) > 1 and not lookup(item.data, pointer[:-1])[0]:
        pointer = pointer[:-1]
    return pointer


_DEPTH = 6
"""How deep to search for the keys that rules need; the deepest are in a canary step, below `strategy`."""


def _collect_keys(node: Any, keys: set[str], depth: int) -> None:
    if isinstance(node, dict):
        keys.update(node)
        children: Any = node.values()
    else:
        children = node if isinstance(node, list) else ()
    if depth:
        for child in children:
            if type(child) is dict or type(child) is list:
                _collect_keys(child, keys, depth - 1)


def outside(objects: Objects, rules: Dispatch) -> Iterator[tuple[KubeObject, Reference]]:
    """Yield the references that this set of objects cannot confirm: one for each object, kind and namespace.

    The set has no object of that kind, or the reference names a different namespace, which may be incomplete here.
    """
    for item in objects:
        told: set[tuple[str, str, str]] = set()
        for rule in rules.of(item):
            for reference in rule.refers(item) if rule.refers else ():
                key = (reference.group, reference.kind, reference.namespace)
                if key not in told and not objects.judges(reference, item) and objects.referred(reference, item) is None:
                    told.add(key)
                    yield item, reference
