"""The rule TP735, stable-scale-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import CANARY, canary
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`dynamicStableScale` and `scaleDownDelaySeconds` are mutually exclusive.

    The first removes stable pods while the traffic moves, the second keeps them for a while afterwards. With
    both, the controller marks the Rollout InvalidSpec.
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
        yield Finding((*CANARY, "scaleDownDelaySeconds"), message, "remove one of the two")
