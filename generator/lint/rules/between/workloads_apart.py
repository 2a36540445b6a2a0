"""The rule TP635, workloads-apart."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.selectors import is_empty
from generator.kubernetes.workloads import SELECTING, selected, taken_over
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The selector of a workload should not match the pods of another workload.

    Anything that selects by these labels, such as a Service or a PodDisruptionBudget, then selects both:
    traffic for one workload also reaches the other. A common cause is a Deployment that was kept when a Rollout
    replaced it. A workload that a workloadRef names does not count.
    Wrong:
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: shop}}
          template: {metadata: {labels: {app: shop}}}
        ---
        kind: Deployment
        metadata: {name: worker}
        spec:
          selector: {matchLabels: {app: shop, part: worker}}
          template: {metadata: {labels: {app: shop, part: worker}}}
    Right:
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: shop, part: web}}
          template: {metadata: {labels: {app: shop, part: web}}}
        ---
        kind: Deployment
        metadata: {name: worker}
        spec:
          selector: {matchLabels: {app: shop, part: worker}}
          template: {metadata: {labels: {app: shop, part: worker}}}
    Source: kubernetes.io/docs/concepts/workloads/controllers/deployment (Selector)
    """
    others = objects.once("workloads that overlap", _overlaps).get(id(item), [])
    if others:
        first = others[0]
        more = f" and of {len(others) - 1} more" if len(others) > 1 else ""
        message = f"the selector of {item.title} also matches the pods of {first.title}{more}"
        hint = "give the pods of each workload a unique label, and select by it"
        if {item.kind, first.kind} == {"Rollout", "Deployment"} and item.name == first.name:
            hint = "remove the Deployment, or take it over with workloadRef"
        yield Finding(("spec", "selector"), message, hint)


def _overlaps(objects: Objects) -> dict[int, list[KubeObject]]:
    """Return the other workloads whose pods a workload selects; each pair is listed once."""
    found: dict[int, list[KubeObject]] = {}
    earlier: dict[int, set[int]] = {}
    """What the workloads before this one select; those with the same selector share one set, or there would be a
    pair for any two of them."""
    shared: dict[tuple[int, ...], set[int]] = {}
    for item in [one for group, kind in SELECTING for one in objects.of(group, kind)]:
        selector = item.spec.get("selector")
        if is_empty(selector) or taken_over(item, objects):
            continue
        owners = [pods.owner for pods in selected(selector, item, objects)]
        others = [
            other
            for other in owners
            if other is not item
            and (other.group, other.kind) in SELECTING
            and not (id(other) in earlier and id(item) in earlier[id(other)])
        ]
        key = tuple(map(id, owners))
        earlier[id(item)] = shared.setdefault(key, set(key))
        if others:
            found[id(item)] = others
    return found
