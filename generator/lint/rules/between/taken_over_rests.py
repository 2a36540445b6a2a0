"""The rule TP636, taken-over-rests."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.applications import ignored
from generator.kubernetes.autoscalers import scalers_of
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, at, texts
from generator.kubernetes.workloads import taken_over
from generator.lint.rules.rule import Finding, Rule


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A Deployment that a Rollout has taken over should not state replicas in Git.

    The Rollout runs the pods of its template itself. Those that the Deployment states run beside them for
    good where nothing scales it down; where scaleDown does, each sync brings them back.
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
        return  # of an application that is known whole deployment-left-alone speaks
    for rollout in taken_over(item, objects):
        if scalers_of(rollout, objects) or any(_leaves_alone(one, item) for one in objects.of(ROLLOUTS, "Application")):
            continue
        scales_down = at(rollout.spec, "workloadRef", "scaleDown") in ("onsuccess", "progressively")
        what = "each sync brings back" if scales_down else "run beside those of the Rollout"
        message = f"{item.title} is taken over by {rollout.title}, and states replicas {replicas}, which {what}"
        yield Finding(("spec", "replicas"), message, "state 0, and the number in the Rollout")


def _leaves_alone(application: KubeObject, item: KubeObject) -> bool:
    rules = ignored(application, item.group, item.kind)
    paths = [path for rule in rules for field in ("jsonPointers", "jqPathExpressions") for _, path in texts(rule.get(field))]
    return any(path in ("/spec/replicas", ".spec.replicas") for path in paths)


RULE = Rule("TP636", "taken-over-rests", Severity.WARNING, (("apps", "Deployment"), ("apps", "ReplicaSet")), check)
