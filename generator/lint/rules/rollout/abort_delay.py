"""The rule TP718, abort-delay."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import BLUE_GREEN, CANARY, STEPS, blue_green, canary, number, routing, table
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`abortScaleDownDelaySeconds` must have an effect.

    A canary without a traffic router ignores it. 0 means two things that its name does not say. With blue/green, the
    pods of an aborted release keep running indefinitely. Behind a traffic router they stop at once, so that requests
    fail until every router has noticed that they get no traffic; only if the first step is a `setCanaryScale` with
    `replicas` or `weight`, that many keep running indefinitely.
    Wrong:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, abortScaleDownDelaySeconds: 0}}
    Right:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, abortScaleDownDelaySeconds: 30}}
    Source: argo-rollouts, rollout/replicaset.go, shouldDelayScaleDownOnAbort; utils/replicaset/canary.go, UseSetCanaryScale
    """
    for base, given, counts in ((CANARY, canary(item), bool(routing(item))), (BLUE_GREEN, blue_green(item), True)):
        delay = given.get("abortScaleDownDelaySeconds")
        here: Pointer = (*base, "abortScaleDownDelaySeconds")
        if delay is not None and not counts:
            yield Finding(here, "abortScaleDownDelaySeconds has no effect without a traffic router", "remove it")
        elif number(delay) == 0:
            stay = base == BLUE_GREEN or _is_scaled_first(item)
            what = "keeps pods of an aborted release indefinitely" if stay else "stops the pods of an aborted release at once"
            yield Finding(here, f"0 {what}", "set the number of seconds to keep them")


def _is_scaled_first(item: KubeObject) -> bool:
    """Tell whether the first step sets a scale, which then stays in force after an abort."""
    scale = table(item.data, *STEPS, 0, "setCanaryScale")
    return not scale.get("matchTrafficWeight") and any(number(scale.get(field)) for field in ("replicas", "weight"))
