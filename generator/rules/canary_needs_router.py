"""The rule MR205, canary-needs-router."""

from __future__ import annotations

from collections.abc import Iterator

from generator import strategy as strategies
from generator.build import Built
from generator.diagnostics import Pointer, Severity
from generator.rules.rule import About, Finding, Rule

FIELDS = ("scaleDownDelaySeconds", "dynamicStableScale")
STEPS = ("setCanaryScale", "setHeaderRoute", "setMirrorRoute")


def check(built: Built) -> Iterator[Finding]:
    """What only a traffic router can do needs `trafficRouting`.

    Delayed scale-down, a dynamic stable scale, a canary scale of its own, header and mirror routes:
    without a router the controller refuses each of them.
    Wrong:
        spec:
          rollout:
            strategy: {canary: {dynamicStableScale: true, steps: [{setWeight: 20}]}}
    Right:
        spec:
          rollout:
            strategy:
              canary:
                dynamicStableScale: true
                trafficRouting: {nginx: {stableIngress: web}}
                steps: [{setWeight: 20}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    if strategies.kind(built.strategy) != "canary" or strategies.routing(built.strategy):
        return
    canary: Pointer = ("rollout", "strategy", "canary")
    hint = "add trafficRouting, or remove it"
    for field in FIELDS:
        if strategies.body(built.strategy).get(field) is not None:
            yield Finding((*canary, field), f"`{field}` needs a traffic router", hint)
    for index, step in enumerate(strategies.steps(built.strategy)):
        for name in STEPS:
            if name in step:
                yield Finding((*canary, "steps", index, name), f"the step `{name}` needs a traffic router", hint)


RULE = Rule("MR205", "canary-needs-router", Severity.ERROR, check, About.ROLLOUT)
