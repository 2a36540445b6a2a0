"""The rule TP636, taken-over-rests."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import ignored
from generator.kubernetes.autoscalers import scaler_of
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, at, texts
from generator.kubernetes.workloads import taken_over
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A Deployment that a Rollout has taken over should not set replicas in Git.

    The Rollout runs pods from the same template itself. Without scaleDown, the pods of the Deployment keep
    running as well; with scaleDown, each sync starts them again.
    Wrong:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 3}
        ---
        kind: Rollout
        metadata: {name: web}
        spec:
          replicas: 3
          workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}
    Right:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 0}
        ---
        kind: Rollout
        metadata: {name: web}
        spec:
          replicas: 3
          workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}
    Source: argo-rollouts, docs/migrating.md; issues 3855, 4935
    """
    replicas = item.spec.get("replicas")
    if not isinstance(replicas, int) or replicas == 0 or objects.complete:
        return  # deployment-left-alone covers an application of which all objects are known
    rollouts = taken_over(item, objects)
    left_alone = bool(rollouts) and objects.once(
        f"replicas of {item.group}/{item.kind} left alone",
        lambda all_: any(_leaves_alone(one, item) for one in all_.of(ROLLOUTS, "Application")),
    )
    for rollout in rollouts:
        if scaler_of(rollout, objects) or left_alone:
            continue
        scales_down = at(rollout.spec, "workloadRef", "scaleDown") in ("onsuccess", "progressively")
        what = "each sync starts again" if scales_down else "run in addition to the Rollout's pods"
        message = f"{item.title} is taken over by {rollout.title}, but sets replicas {replicas}, which {what}"
        yield Finding(("spec", "replicas"), message, "set it to 0, and set replicas in the Rollout")


def _leaves_alone(application: KubeObject, item: KubeObject) -> bool:
    rules = ignored(application, item.group, item.kind)
    paths = [path for rule in rules for field in ("jsonPointers", "jqPathExpressions") for _, path in texts(rule.get(field))]
    return any(path in ("/spec/replicas", ".spec.replicas") for path in paths)
