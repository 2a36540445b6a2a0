"""The rule TP611, selector-matches-template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes import selectors
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.workloads import pods_of, workload_of
from generator.lint.rules.rule import Finding

_SELECTOR: Pointer = ("spec", "selector")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The selector of a workload must match the labels of its own pods.

    Otherwise the API server rejects a Deployment, and Argo Rollouts reports InvalidSpec. For a Rollout with
    a workloadRef, the pods of the referenced workload count. An empty selector would match every pod of the
    namespace.
    Wrong:
        kind: Deployment
        spec:
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: wep}}}
    Right:
        kind: Deployment
        spec:
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: web}}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go (ValidateRolloutSpec)
    """
    if not item.whole:
        return
    selector = item.spec.get("selector")
    faults = list(_faults(item, selector))
    if faults:
        yield from faults if item.kind != "Rollout" else ()  # selector-stated reports it for Rollouts
        return
    pods = pods_of(item, objects)
    if selector is None or pods is None or selectors.matches(selector, pods.labels):
        return
    target = workload_of(item, objects)
    whose = f"the pods of {target.title}" if target else "its own pods"
    pointer, why = selectors.mismatch(selector, pods.labels)
    message = f"the selector of {item.title} does not match {whose}: {why}"
    yield Finding((*_SELECTOR, *pointer), message, "make the selector and the labels of the pod template agree")


def _faults(item: KubeObject, selector: Any) -> Iterator[Finding]:
    """Yield the problems of an invalid selector; a Rollout may have none and use that of its workloadRef."""
    if selector is None:
        if not isinstance(item.spec.get("workloadRef"), dict):
            yield Finding(_SELECTOR, f"{item.title} has no selector", "add spec.selector.matchLabels")
    elif selectors.is_empty(selector):
        yield Finding(_SELECTOR, f"the selector of {item.title} is empty", "add the labels of its pods")
    else:
        for pointer, what, hint in selectors.faults(selector):
            yield Finding((*_SELECTOR, *pointer), what, hint)
