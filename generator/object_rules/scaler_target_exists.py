"""The rule MR630, scaler-target-exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, Reference
from generator.wording import suggestion
from generator.workloads import referred, same_namespace

SCALERS = (("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject"))
_SCALABLE = ((ROLLOUTS, "Rollout"), ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "ReplicaSet"))


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """An autoscaler must target a workload that exists, one to a workload, and the Rollout rather than its Deployment.

    An autoscaler of nothing does nothing and says so only in its own status. Two on one workload undo
    each other. One that scales the Deployment behind a workloadRef brings its pods back beside those of
    the Rollout.
    Source: argo-rollouts docs/features/hpa-support.md, docs/migrating.md
    """
    target = target_of(item)
    if target is None:
        return
    group, kind, name = target
    found = objects.find(group, kind, name, item)
    pointer: Pointer = ("spec", "scaleTargetRef", "name")
    if found is None:
        yield from _missing(item, group, kind, name, objects)
        return
    over = [one for one in objects.of(ROLLOUTS, "Rollout") if referred(one, objects) is found]
    if over:
        message = f"{item.title} scales {found.title}, which {over[0].title} has taken over"
        yield ObjectFinding(pointer, message, f"target the Rollout: argoproj.io/v1alpha1, Rollout, {over[0].name}")
    for other in objects.of(item.group, item.kind):
        if other is item:
            return
        if target_of(other) == target and same_namespace(other, item):
            yield ObjectFinding(pointer, f"{item.title} and {other.title} both scale {found.title}", "keep one of the two")


def _missing(item: KubeObject, group: str, kind: str, name: str, objects: Objects) -> Iterator[ObjectFinding]:
    for other_group, other_kind in _SCALABLE:
        if (other_group, other_kind) != (group, kind) and objects.find(other_group, other_kind, name, item):
            message = f"{item.title} scales the {kind} `{name}`, and `{name}` is a {other_kind}"
            version = "argoproj.io/v1alpha1" if other_kind == "Rollout" else "apps/v1"
            yield ObjectFinding(("spec", "scaleTargetRef", "kind"), message, f"target it as {version} {other_kind}")
            return
    for reference, known in objects.missing(targets(item), item):
        hint = suggestion(name, known, "name a workload that there is")
        yield ObjectFinding(reference.pointer, f"{item.title} scales the {kind} `{name}`, which there is not", hint)


def target_of(item: KubeObject) -> tuple[str, str, str] | None:
    """Return group, kind and name of what an autoscaler scales; None where it does not say."""
    reference: Any = item.spec.get("scaleTargetRef")
    if not isinstance(reference, dict) or not isinstance(reference.get("name"), str):
        return None
    default = ("apps/v1", "Deployment") if item.kind == "ScaledObject" else ("", "")
    version, kind = str(reference.get("apiVersion") or default[0]), str(reference.get("kind") or default[1])
    return version.rpartition("/")[0], kind, reference["name"]


def targets(item: KubeObject) -> Iterator[Reference]:
    """Yield the workload that an autoscaler scales, if it is of a kind that is known here."""
    target = target_of(item)
    if target is not None and target[:2] in _SCALABLE:
        yield Reference(("spec", "scaleTargetRef", "name"), *target, "scaleTargetRef")


RULE = ObjectRule("MR630", "scaler-target-exists", Severity.ERROR, SCALERS, check, targets)
