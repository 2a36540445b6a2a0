"""The rule TP630, scaler-target-exists."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.autoscalers import SCALABLE, scaler_of, target_of
from generator.kubernetes.objects import KubeObject, Objects, Reference
from generator.kubernetes.workloads import taken_over
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion

_REFERENCE: Pointer = ("spec", "scaleTargetRef")
_HAND_OVER = "scaledobject.keda.sh/transfer-hpa-ownership"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An autoscaler must target an existing workload that no other one scales: the Rollout, not its Deployment.

    An autoscaler without a target has no effect, and reports it only in its own status. Two autoscalers of one
    workload undo each other. One that scales the Deployment behind a workloadRef starts its pods again, in
    addition to those of the Rollout.
    Wrong:
        kind: HorizontalPodAutoscaler
        spec:
          maxReplicas: 9
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        ---
        kind: Rollout
    Right:
        kind: HorizontalPodAutoscaler
        spec:
          maxReplicas: 9
          scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
        ---
        kind: Rollout
    Source: argo-rollouts docs/features/hpa-support.md, docs/migrating.md
    """
    target = target_of(item)
    if target is None:
        return
    found = objects.find(*target, item)
    if found is None:
        yield from _missing(item, objects)
        return
    for rollout in taken_over(found, objects):
        message = f"{item.title} scales {found.title}, which {rollout.title} has taken over"
        hint = f"target the Rollout: argoproj.io/v1alpha1, Rollout, {rollout.name}"
        yield Finding((*_REFERENCE, "name"), message, hint)
    first = scaler_of(found, objects) or item
    if first is not item and not any(scaler.annotations.get(_HAND_OVER) == "true" for scaler in (first, item)):
        message = f"{item.title} and {first.title} both scale {found.title}"
        yield Finding((*_REFERENCE, "name"), message, "keep one of the two")


def targets(item: KubeObject) -> Iterator[Reference]:
    """Yield the workload that an autoscaler scales, if Tiphys knows its kind."""
    target = target_of(item)
    if target is not None and target[:2] in SCALABLE:
        yield Reference((*_REFERENCE, "name"), *target, "scaleTargetRef")


def _missing(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    group, kind, name = target_of(item) or ("", "", "")
    for other_group, other_kind in SCALABLE:
        other = objects.find(other_group, other_kind, name, item) if (other_group, other_kind) != (group, kind) else None
        if other is not None:
            field = "apiVersion" if other_kind == kind else "kind"
            message = f"{item.title} scales {kind} `{name}` of `{group or 'v1'}`, but {other.title} is of `{other_group}`"
            if field == "kind":
                message = f"{item.title} scales {kind} `{name}`, but `{name}` is a {other_kind}"
            yield Finding((*_REFERENCE, field), message, f"target it as {other.api_version} {other_kind}")
            return
    for reference, known in objects.missing(targets(item), item):
        hint = suggestion(name, known, "use the name of an existing workload")
        yield Finding(reference.pointer, f"{item.title} scales {kind} `{name}`, which does not exist", hint)
