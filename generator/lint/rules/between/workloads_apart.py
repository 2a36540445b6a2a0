"""The rule TP635, workloads-apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.kubernetes.label_index import Bits
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pod_index import pod_index, selected
from generator.kubernetes.selectors import is_empty
from generator.kubernetes.workloads import SELECTING, taken_over
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
    others = objects.once("workloads that overlap", _overlaps).get(id(item))
    if others:
        first = others.first
        more = f" and of {others.number - 1} more" if others.number > 1 else ""
        message = f"the selector of {item.title} also matches the pods of {first.title}{more}"
        hint = "give the pods of each workload a unique label, and select by it"
        if {item.kind, first.kind} == {"Rollout", "Deployment"} and item.name == first.name:
            hint = "remove the Deployment, or take it over with workloadRef"
        yield Finding(("spec", "selector"), message, hint)


class _Others(NamedTuple):
    first: KubeObject
    number: int


def _overlaps(objects: Objects) -> dict[int, _Others]:
    """Return the other workloads whose pods a workload selects; each pair is listed once."""
    found: dict[int, _Others] = {}
    earlier: dict[Bits, Bits] = {}
    """Which workloads before this one have selected the same pods, by these."""
    index = pod_index(objects)
    place_of = {id(pods.owner): place for place, pods in enumerate(index.items)}
    selecting = sum(1 << place for place, pods in enumerate(index.items) if (pods.owner.group, pods.owner.kind) in SELECTING)
    for item in [one for group, kind in SELECTING for one in objects.of(group, kind)]:
        selector = item.spec.get("selector")
        if is_empty(selector) or taken_over(item, objects):
            continue
        chosen = selected(selector, item, objects)
        own = 1 << place_of[id(item)] if id(item) in place_of else 0
        others = chosen & selecting & ~own
        if others:
            for pods, those in earlier.items():
                others &= ~those if pods & own else -1
        earlier[chosen] = earlier.get(chosen, 0) | own
        if others:
            found[id(item)] = _Others(index.first(others).owner, others.bit_count())
    return found
