"""The rule TP637, autoscaler-has-requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.autoscalers import SCALABLE, target_of
from generator.kubernetes.namespaces import ByNamespace
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import table
from generator.kubernetes.workloads import Pods, pods_of
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed


class _Target(NamedTuple):
    """A utilization that an autoscaler aims at."""

    pointer: Pointer
    resource: str
    container: str
    """Of this container alone; empty for all of a pod."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Containers should request a resource whose utilization an autoscaler aims at.

    Utilization is a share of what a pod requests. If one container requests nothing, sidecars included, the
    autoscaler cannot compute it, and scales nothing. A limit counts as a request.
    Wrong:
        kind: Deployment
        spec: {template: {spec: {containers: [{name: app}]}}}
        ---
        kind: HorizontalPodAutoscaler
        spec:
          maxReplicas: 9
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
    Right:
        kind: Deployment
        spec: {template: {spec: {containers: [{name: app, resources: {requests: {cpu: 100m}}}]}}}
        ---
        kind: HorizontalPodAutoscaler
        spec:
          maxReplicas: 9
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
    Source: kubernetes, pkg/controller/podautoscaler/replica_calculator.go, calculatePodRequests; issue 79365
    """
    pods = _scaled(item, objects)
    limits = objects.once("limit ranges", _limit_ranges)
    if pods is None or limits.first(objects.namespace_of(item)) is not None:
        return
    for target in _utilizations(item):
        silent = [str(one.get("name")) for _, one in pods.containers() if _is_meant(one, target) and not _requests(one, target)]
        if silent and not _requests(at(pods.template, "spec"), target):
            message = f"{item.title} aims at a utilization of {target.resource}, without a request of {listed(silent)}"
            yield Finding(target.pointer, message, f"set `resources.requests.{target.resource}` of each container")


def _scaled(scaler: KubeObject, objects: Objects) -> Pods | None:
    target = target_of(scaler)
    workload = objects.find(*target, scaler) if target is not None and target[:2] in SCALABLE else None
    return pods_of(workload, objects) if workload is not None else None


def _limit_ranges(objects: Objects) -> ByNamespace[KubeObject]:
    return ByNamespace((objects.namespace_of(one), one) for one in objects.of("", "LimitRange"))


def _utilizations(scaler: KubeObject) -> Iterator[_Target]:
    if scaler.spec.get("targetCPUUtilizationPercentage") is not None:  # autoscaling/v1
        yield _Target(("spec", "targetCPUUtilizationPercentage"), "cpu", "")
    for index, metric in maps(scaler.spec.get("metrics")):
        for field in ("resource", "containerResource"):
            stated = table(metric, field)
            if at(stated, "target", "averageUtilization") is not None or at(stated, "targetAverageUtilization") is not None:
                yield _Target(("spec", "metrics", index, field), str(stated.get("name")), str(stated.get("container") or ""))
    for index, trigger in maps(scaler.spec.get("triggers")):  # KEDA
        kind = at(trigger, "metricType") or at(trigger, "metadata", "type")
        if trigger.get("type") in ("cpu", "memory") and kind == "Utilization":
            yield _Target(("spec", "triggers", index), trigger["type"], str(at(trigger, "metadata", "containerName") or ""))


def _is_meant(container: dict[str, object], target: _Target) -> bool:
    return not target.container or container.get("name") == target.container


def _requests(holder: object, target: _Target) -> bool:
    return any(at(holder, "resources", field, target.resource) is not None for field in ("requests", "limits"))
