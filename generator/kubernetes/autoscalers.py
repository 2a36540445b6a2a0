"""Autoscalers: what they scale, and between which numbers."""

from __future__ import annotations

from typing import Any

from generator.kubernetes.namespaces import ByNamespace
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, at

SCALERS = (("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject"))
"""What sets the number of pods of a workload."""

SCALABLE = ((ROLLOUTS, "Rollout"), ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "ReplicaSet"))
"""The kinds of workloads that are known here and can be scaled."""

Target = tuple[str, str, str]
"""API group, kind and name. An autoscaler finds its target by the group; the version makes no difference."""


def target_of(scaler: KubeObject) -> Target | None:
    """Return what an autoscaler scales; None where it does not say.

    Source: kubernetes, pkg/controller/podautoscaler/horizontal.go; keda.sh, ScaledObject specification
    """
    reference: Any = scaler.spec.get("scaleTargetRef")
    if not isinstance(reference, dict) or not isinstance(reference.get("name"), str):
        return None
    default = ("apps/v1", "Deployment") if scaler.kind == "ScaledObject" else ("", "")
    version, kind = str(reference.get("apiVersion") or default[0]), str(reference.get("kind") or default[1])
    return version.rpartition("/")[0], kind, reference["name"]


def scaler_of(workload: KubeObject, objects: Objects) -> KubeObject | None:
    """Return the first autoscaler that scales a workload; None without one."""
    found = objects.once("autoscalers by target", _by_target).get((workload.group, workload.kind, workload.name))
    return found.first(objects.namespace_of(workload)) if found is not None else None


def _by_target(objects: Objects) -> dict[Target, ByNamespace[KubeObject]]:
    found: dict[Target, ByNamespace[KubeObject]] = {}
    for scaler in [one for group, kind in SCALERS for one in objects.of(group, kind)]:
        target = target_of(scaler)
        if target is not None:
            found.setdefault(target, ByNamespace()).add(objects.namespace_of(scaler), scaler)
    return found


def least_replicas(workload: KubeObject, objects: Objects) -> int | None:
    """Return the stated minimum number of pods of a workload; None if it is not a number.

    Source: kubernetes.io, HorizontalPodAutoscaler (minReplicas is 1); keda.sh (minReplicaCount is 0)
    """
    scaler = scaler_of(workload, objects)
    if scaler is not None:
        field, default = ("minReplicaCount", 0) if scaler.kind == "ScaledObject" else ("minReplicas", 1)
        least = at(scaler.spec, field)
        return _number(default if least is None else least)
    stated = workload.spec.get("replicas")
    return _number(1 if stated is None else stated)


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
