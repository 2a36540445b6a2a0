"""The rule TP718, abort-delay."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import BLUE_GREEN, CANARY, blue_green, canary, number, routing
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`abortScaleDownDelaySeconds` must have an effect.

    A canary without a traffic router ignores it. Where it has an effect, 0 does not mean immediately, as it
    does for `scaleDownDelaySeconds`: the pods of an aborted release are never removed.
    Wrong:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, abortScaleDownDelaySeconds: 0}}
    Right:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, abortScaleDownDelaySeconds: 30}}
    Source: argo-rollouts, utils/defaults/defaults.go, GetAbortScaleDownDelaySecondsOrDefault
    """
    for base, given, counts in ((CANARY, canary(item), bool(routing(item))), (BLUE_GREEN, blue_green(item), True)):
        delay = given.get("abortScaleDownDelaySeconds")
        here: Pointer = (*base, "abortScaleDownDelaySeconds")
        if delay is not None and not counts:
            yield Finding(here, "abortScaleDownDelaySeconds has no effect without a traffic router", "remove it")
        elif number(delay) == 0:
            message = "0 keeps the pods of an aborted release indefinitely"
            yield Finding(here, message, "set the number of seconds to keep them")
