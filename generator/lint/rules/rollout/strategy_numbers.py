"""The rule TP743, strategy-numbers."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import BLUE_GREEN, CANARY, ROUTING, blue_green, canary, number, routing, steps
from generator.lint.rules.rule import Finding

_FIELDS = (
    "scaleDownDelaySeconds",
    "abortScaleDownDelaySeconds",
    "scaleDownDelayRevisionLimit",
    "minPodsPerReplicaSet",
    "previewReplicaCount",
    "autoPromotionSeconds",
)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Delays, limits and replica counts of a strategy must be in range.

    Argo Rollouts does not check them, and a value out of range has unintended effects.
    Wrong:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, scaleDownDelaySeconds: -1}}
    Right:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, scaleDownDelaySeconds: 30}}
    Source: argo-rollouts, pkg/apis/rollouts/v1alpha1/types.go
    """
    for base, given in ((CANARY, canary(item)), (BLUE_GREEN, blue_green(item))):
        for field in _FIELDS:
            value = number(given.get(field))
            if value is not None and value < 0:
                yield Finding((*base, field), f"{field} is {value}; the minimum is 0", "set 0 or more")
    sticky = number(at(routing(item), "alb", "stickinessConfig", "durationSeconds"))
    if sticky is not None and not 1 <= sticky <= _WEEK:
        here = (*ROUTING, "alb", "stickinessConfig", "durationSeconds")
        yield Finding(here, f"ALB stickiness cannot last {sticky} seconds", f"set 1 to {_WEEK} (one week)")
    for pointer, step in steps(item):
        share = number(at(step, "setMirrorRoute", "percentage"))
        if share is not None and not 0 <= share <= 100:
            yield Finding((*pointer, "setMirrorRoute", "percentage"), f"{share} is not a valid percentage", "set 0 to 100")


_WEEK = 604_800
