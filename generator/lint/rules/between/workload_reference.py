"""The rule TP634, workload-reference."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, Reference, at
from generator.kubernetes.workloads import REFERABLE, taken_over, workload_of
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion

_SCALE_DOWN = ("never", "onsuccess", "progressively")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A workloadRef must name an existing Deployment, ReplicaSet or PodTemplate, and the Rollout must have no template.

    Anything else is InvalidSpec. A misspelt scaleDown means `never`: the Deployment keeps its pods in addition
    to those of the Rollout. Two Rollouts of one Deployment run its pods twice, and each scales it down for the
    other.
    Wrong:
        kind: Rollout
        spec:
          workloadRef: {apiVersion: apps/v1, kind: StatefulSet, name: web}
    Right:
        kind: Rollout
        spec:
          workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}
    Source: argo-rollouts, rollout/templateref.go; pkg/apis/rollouts/validation/validation.go
    """
    reference = item.spec.get("workloadRef")
    if not isinstance(reference, dict):
        return
    kind = str(reference.get("kind") or "")
    if not any(workload(item)):
        group = str(reference.get("apiVersion") or "").rpartition("/")[0]
        message = f"{item.title} refers to a {kind or 'thing without a kind'} of `{group or 'v1'}`, which cannot be taken over"
        hint = "refer to an apps/v1 Deployment, an apps/v1 ReplicaSet or a v1 PodTemplate"
        yield Finding(("spec", "workloadRef", "kind"), message, hint)
    for target, known in objects.missing(workload(item), item):
        message = f"{item.title} refers to {kind} `{target.name}`, which does not exist"
        yield Finding(target.pointer, message, suggestion(target.name, known, "use the name of an existing one"))
    found = workload_of(item, objects)
    first = taken_over(found, objects)[0] if found is not None else item
    if found is not None and first is not item:
        message = f"{item.title} and {first.title} both take over {found.title}"
        yield Finding(("spec", "workloadRef", "name"), message, "keep one of the two")
    if at(item.spec, "template", "metadata", "labels") or at(item.spec, "template", "metadata", "annotations"):
        message = f"{item.title} has both a template and a workloadRef"
        yield Finding(("spec", "template"), message, "remove the template: the workload has one")
    scale_down = reference.get("scaleDown")
    if scale_down is not None and scale_down not in _SCALE_DOWN:
        message = f"`{scale_down}` is read as `never`: the {kind} keeps its pods"
        hint = suggestion(str(scale_down), _SCALE_DOWN, "use never, onsuccess or progressively")
        yield Finding(("spec", "workloadRef", "scaleDown"), message, hint)


def workload(item: KubeObject) -> Iterator[Reference]:
    """Yield the workload that the workloadRef of a Rollout names, if its kind is allowed."""
    reference = item.spec.get("workloadRef")
    if isinstance(reference, dict):
        group, kind = str(reference.get("apiVersion") or "").rpartition("/")[0], str(reference.get("kind") or "")
        if (group, kind) in REFERABLE:
            yield Reference(("spec", "workloadRef", "name"), group, kind, str(reference.get("name") or ""), "workloadRef")
