"""The rule MR743, strategy-numbers."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, at
from generator.rollouts import BLUE_GREEN, CANARY, ROLLOUT, blue_green, canary, number, steps

_FIELDS = (
    "scaleDownDelaySeconds",
    "abortScaleDownDelaySeconds",
    "scaleDownDelayRevisionLimit",
    "minPodsPerReplicaSet",
    "previewReplicaCount",
    "autoPromotionSeconds",
)


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """Delays, limits and replica counts of a strategy must not be negative.

    Argo Rollouts does not look, and does something that nobody asked for.
    Source: argo-rollouts, pkg/apis/rollouts/v1alpha1/types.go
    """
    for base, given in ((CANARY, canary(item)), (BLUE_GREEN, blue_green(item))):
        for field in _FIELDS:
            value = number(given.get(field))
            if value is not None and value < 0:
                yield ObjectFinding((*base, field), f"{field} is {value}", "write 0 or more")
    for pointer, step in steps(item):
        share = number(at(step, "setMirrorRoute", "percentage"))
        if share is not None and not 0 <= share <= 100:
            yield ObjectFinding((*pointer, "setMirrorRoute", "percentage"), f"{share} is no percentage", "write 0 to 100")


RULE = ObjectRule(
    "MR743",
    "strategy-numbers",
    Severity.WARNING,
    ROLLOUT,
    check,
    needs=frozenset([*_FIELDS, "setMirrorRoute"]),
)
