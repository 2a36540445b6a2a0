"""The rule TP648, utilization-has-requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.autoscalers import target_of
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.workloads import pods_of
from generator.lint.rules.rule import Finding, Rule


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Each container of pods that are scaled by utilization should request that resource.

    Utilization is a share of what the containers request. If one container requests nothing, a sidecar included,
    the autoscaler cannot compute it and does not scale. A limit counts as a request.
    Wrong:
        kind: HorizontalPodAutoscaler
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
        ---
        kind: Deployment
        spec: {template: {spec: {containers: [{name: app}]}}}
    Right:
        kind: HorizontalPodAutoscaler
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
        ---
        kind: Deployment
        spec: {template: {spec: {containers: [{name: app, resources: {requests: {cpu: 100m}}}]}}}
    Source: kubernetes, pkg/controller/podautoscaler/replica_calculator.go; issue 79365
    """
    target = target_of(item)
    workload = objects.find(*target, item) if target else None
    pods = pods_of(workload, objects) if workload is not None else None
    for pointer, name in _asked(item) if pods is not None else ():
        without = [str(one.get("name")) for _, one in (pods.containers() if pods else ()) if not _requests(one, name)]
        if workload is not None and without:
            message = f"container `{without[0]}` of {workload.title} requests no {name}, so its utilization is unknown"
            yield Finding(pointer, message, f"add a request for {name} to the container")


def _asked(item: KubeObject) -> Iterator[tuple[Pointer, str]]:
    """Yield the resources that an autoscaler scales by utilization, with their pointers."""
    if item.spec.get("targetCPUUtilizationPercentage") is not None:
        yield ("spec", "targetCPUUtilizationPercentage"), "cpu"
    for index, metric in maps(item.spec.get("metrics")):
        name, share = at(metric, "resource", "name"), at(metric, "resource", "target", "averageUtilization")
        if isinstance(name, str) and share is not None:
            yield ("spec", "metrics", index, "resource"), name


def _requests(container: dict[str, Any], name: str) -> bool:
    return any(at(container, "resources", which, name) is not None for which in ("requests", "limits"))


RULE = Rule("TP648", "utilization-has-requests", Severity.WARNING, (("autoscaling", "HorizontalPodAutoscaler"),), check)
