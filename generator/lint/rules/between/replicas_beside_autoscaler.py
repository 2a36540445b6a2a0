"""The rule TP631, replicas-beside-autoscaler."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.autoscalers import scaler_of
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.workloads import taken_over
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A workload that an autoscaler scales should not set its replicas in Git.

    Each sync resets the number, and the autoscaler changes it again. In the middle of a canary, the number of
    stable pods can drop to the one in Git while they serve the traffic. A Deployment that a Rollout has taken
    over without scaleDown may only set 0: the autoscaler does not count its pods.
    Wrong:
        kind: Rollout
        spec: {replicas: 3}
        ---
        kind: HorizontalPodAutoscaler
        spec:
          maxReplicas: 9
          scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
    Right:
        kind: Rollout
        spec: {revisionHistoryLimit: 3}
        ---
        kind: HorizontalPodAutoscaler
        spec:
          maxReplicas: 9
          scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
    Source: argo-rollouts issues 2748, 3565, 4935; argo-cd issue 7820
    """
    replicas = item.spec.get("replicas")
    if replicas is None:
        return
    own = scaler_of(item, objects)
    if own is not None:
        message = f"{item.title} sets replicas {replicas}, but {own.title} scales it"
        yield Finding(("spec", "replicas"), message, "leave the replicas to the autoscaler")
        return
    for rollout in taken_over(item, objects) if replicas != 0 else ():
        scales_down = at(rollout.spec, "workloadRef", "scaleDown") in ("onsuccess", "progressively")
        scaler = None if scales_down else scaler_of(rollout, objects)
        if scaler is not None:
            message = f"{item.title} sets replicas {replicas}, but {scaler.title} scales {rollout.title}, which took it over"
            yield Finding(("spec", "replicas"), message, f"set it to 0, or set workloadRef.scaleDown of {rollout.title}")
