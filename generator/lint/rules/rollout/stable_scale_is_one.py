"""The rule TP735, stable-scale-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import CANARY, ROLLOUT, canary
from generator.lint.rules.object_rule import ObjectFinding, ObjectRule


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """DynamicStableScale and scaleDownDelaySeconds exclude each other.

    One takes stable pods away while the traffic moves, the other keeps them for a while afterwards. With
    both the Rollout is InvalidSpec.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {dynamicStableScale: true, scaleDownDelaySeconds: 60, trafficRouting: {smi: {}}}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {dynamicStableScale: true, trafficRouting: {smi: {}}}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    given = canary(item)
    if given.get("dynamicStableScale") is True and given.get("scaleDownDelaySeconds") is not None:
        message = "dynamicStableScale and scaleDownDelaySeconds are both set"
        yield ObjectFinding((*CANARY, "scaleDownDelaySeconds"), message, "remove one of the two")


RULE = ObjectRule("TP735", "stable-scale-is-one", Severity.ERROR, ROLLOUT, check, needs=frozenset(["dynamicStableScale"]))
