"""The rule MR632, budget-selects-pods."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects
from generator.workloads import all_pods, selected


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A PodDisruptionBudget must select pods that there are.

    One that selects none protects nothing, and nobody hears of it until a node is drained.
    Source: kubernetes.io/docs/tasks/run-application/configure-pdb
    """
    selector = item.spec.get("selector")
    if all_pods(objects) and not selected(selector if selector is not None else {}, item, objects):
        yield ObjectFinding(("spec", "selector"), f"{item.title} selects no pods", "select by labels that the pods have")


RULE = ObjectRule("MR632", "budget-selects-pods", Severity.ERROR, (("policy", "PodDisruptionBudget"),), check)
