"""The rule TP705, readiness-is-probed."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import STEPS, canary, steps
from generator.kubernetes.workloads import pods_of
from generator.lint.rules.rule import Finding

_WAITS = ("pause", "analysis", "experiment")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A canary that never waits needs a readiness probe.

    Without a probe, a pod counts as ready as soon as it runs. Without a pause or an analysis, nothing else
    checks it: a broken version reaches all users.
    Wrong:
        kind: Rollout
        spec:
          template: {spec: {containers: [{name: app, image: "web:1"}]}}
          strategy: {canary: {steps: [{setWeight: 20}, {setWeight: 60}]}}
    Right:
        kind: Rollout
        spec:
          template: {spec: {containers: [{name: app, image: "web:1", readinessProbe: {tcpSocket: {port: 8080}}}]}}
          strategy: {canary: {steps: [{setWeight: 20}, {setWeight: 60}]}}
    Source: argo-rollouts, docs/features/canary.md; kubernetes.io, Configure Liveness, Readiness and Startup Probes
    """
    pods = pods_of(item, objects)
    found = list(steps(item))
    if pods is None or not found or canary(item).get("analysis") or any(name in step for _, step in found for name in _WAITS):
        return
    containers = [container for _, container in maps(at(pods.template, "spec", "containers"))]
    if containers and not any(container.get("readinessProbe") for container in containers):
        message = f"{item.title} has steps without a pause or an analysis, and its pods have no readiness probe"
        yield Finding(STEPS, message, "add a readinessProbe, and a pause or an analysis")
