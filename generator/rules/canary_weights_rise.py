"""The rule MR201, canary-weights-rise."""

from __future__ import annotations

from collections.abc import Iterator

from generator import strategy as strategies
from generator.build import Built
from generator.diagnostics import Pointer, Severity
from generator.rules.rule import About, Finding, Rule


def check(built: Built) -> Iterator[Finding]:
    """Canary weights must rise from step to step.

    Argo Rollouts only checks that each lies between 0 and 100, so a weight that falls quietly moves
    traffic back to the old version in the middle of a release.
    Wrong:
        spec:
          rollout:
            strategy: {canary: {steps: [{setWeight: 50}, {pause: {duration: 5m}}, {setWeight: 20}]}}
    Right:
        spec:
          rollout:
            strategy: {canary: {steps: [{setWeight: 20}, {pause: {duration: 5m}}, {setWeight: 50}]}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    before: int | None = None
    for index, step in enumerate(strategies.steps(built.strategy)):
        weight = step.get("setWeight")
        if weight is None:
            continue
        if before is not None and weight <= before:
            pointer: Pointer = ("rollout", "strategy", "canary", "steps", index, "setWeight")
            yield Finding(pointer, f"weight {weight} does not rise above {before}", "raise this weight, or delete the step")
        before = weight


RULE = Rule("MR201", "canary-weights-rise", Severity.ERROR, check, About.ROLLOUT)
