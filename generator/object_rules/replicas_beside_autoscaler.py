"""The rule MR631, replicas-beside-autoscaler."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.object_rules.scaler_target_exists import SCALERS, target_of
from generator.objects import ROLLOUTS, KubeObject, Objects
from generator.workloads import same_namespace


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A workload that an autoscaler scales must not state its replicas in Git.

    Each sync sets the number back, and the autoscaler sets it up again. In the middle of a canary the
    stable pods can drop to the number in Git while they carry the traffic.
    Source: argo-rollouts issues 2748, 3565; argo-cd issue 7820
    """
    if item.spec.get("replicas") is None:
        return
    for scaler in [one for group, kind in SCALERS for one in objects.of(group, kind)]:
        if target_of(scaler) == (item.group, item.kind, item.name) and same_namespace(scaler, item):
            message = f"{item.title} states replicas {item.spec['replicas']}, and {scaler.title} scales it"
            yield ObjectFinding(("spec", "replicas"), message, "leave the replicas to the autoscaler")
            return


RULE = ObjectRule(
    "MR631",
    "replicas-beside-autoscaler",
    Severity.ERROR,
    ((ROLLOUTS, "Rollout"), ("apps", "Deployment"), ("apps", "StatefulSet")),
    check,
)
