"""The rule TP632, budget-selects-pods."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pod_index import near_pods, selected
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A PodDisruptionBudget must select existing pods.

    A budget that selects no pods protects nothing, which goes unnoticed until a node is drained. Without a
    selector it selects no pods; with an empty one, every pod of the namespace.
    Wrong:
        kind: PodDisruptionBudget
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: wep}}}
        ---
        kind: Deployment
        spec: {template: {metadata: {labels: {app: web}}}}
    Right:
        kind: PodDisruptionBudget
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
        ---
        kind: Deployment
        spec: {template: {metadata: {labels: {app: web}}}}
    Source: kubernetes.io/docs/tasks/run-application/configure-pdb
    """
    selector = item.spec.get("selector")
    hint = "select by labels that the pods have"
    if selector is None:
        yield Finding(("spec", "selector"), f"{item.title} has no selector, so it selects no pods", hint)
    elif not selected(selector, item, objects) and near_pods(item, objects):
        yield Finding(("spec", "selector"), f"{item.title} selects no pods", hint)
