"""The rule MR634, workload-reference."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, Reference, at
from generator.wording import suggestion
from generator.workloads import REFERABLE

_SCALE_DOWN = ("never", "onsuccess", "progressively")


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A workloadRef must name a Deployment, ReplicaSet or PodTemplate that exists, and leave the template to it.

    Anything else is InvalidSpec, and a scaleDown that is not spelt exactly means `never`: the Deployment
    keeps its pods beside those of the Rollout.
    Source: argo-rollouts, rollout/templateref.go; pkg/apis/rollouts/validation/validation.go
    """
    reference = item.spec.get("workloadRef")
    if not isinstance(reference, dict):
        return
    kind = str(reference.get("kind") or "")
    group = str(reference.get("apiVersion") or "").rpartition("/")[0]
    if (group, kind) not in REFERABLE:
        message = f"{item.title} refers to a {group or 'core'} {kind or 'object without a kind'}"
        yield ObjectFinding(
            ("spec", "workloadRef", "kind"), message, "refer to an apps/v1 Deployment, a ReplicaSet or a PodTemplate"
        )
    for target, known in objects.missing(workload(item), item):
        hint = suggestion(target.name, known, "name one that there is")
        yield ObjectFinding(target.pointer, f"{item.title} refers to the {kind} `{target.name}`, which there is not", hint)
    if at(item.spec, "template", "metadata", "labels") or at(item.spec, "template", "metadata", "annotations"):
        message = f"{item.title} has a template and a workloadRef"
        yield ObjectFinding(("spec", "template"), message, "leave the template to what the workloadRef names")
    scale_down = reference.get("scaleDown")
    if scale_down is not None and scale_down not in _SCALE_DOWN:
        hint = suggestion(str(scale_down), _SCALE_DOWN, "use never, onsuccess or progressively")
        yield ObjectFinding(
            ("spec", "workloadRef", "scaleDown"), f"`{scale_down}` is read as `never`: the {kind} keeps its pods", hint
        )


def workload(item: KubeObject) -> Iterator[Reference]:
    """Yield what the workloadRef of a Rollout names, if it is something that it may name."""
    reference = item.spec.get("workloadRef")
    if isinstance(reference, dict):
        key = (str(reference.get("apiVersion") or "").rpartition("/")[0], str(reference.get("kind") or ""))
        if key in REFERABLE:
            yield Reference(("spec", "workloadRef", "name"), *key, str(reference.get("name") or ""), "workloadRef")


RULE = ObjectRule("MR634", "workload-reference", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check, workload)
