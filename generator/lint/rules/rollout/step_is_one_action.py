"""The rule TP721, step-is-one-action."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import ACTIONS, STEPS
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed

_COUNTED = ("setWeight", "pause", "experiment", "analysis")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A step must have exactly one action.

    The controller marks a Rollout InvalidSpec if a step is empty, as with `pause:` without a value, or has more
    than one of `setWeight`, `pause`, `experiment` and `analysis`. To wait for a manual promotion, write
    `pause: {}`.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20, pause: {duration: 5m}}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20}, {pause: {duration: 5m}}]}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, ValidateRolloutStrategyCanary
    """
    for index, raw in maps(at(item.data, *STEPS)):
        named = [name for name in ACTIONS if raw.get(name) is not None]
        here: Pointer = (*STEPS, index)
        if not named:
            empty = next((name for name in ACTIONS if name in raw), "")
            message = f"`{empty}` is empty, so the step does nothing" if empty else "the step does nothing"
            hint = (
                "write `pause: {}` to wait for a manual promotion"
                if empty == "pause"
                else f"add one of {listed(ACTIONS, last='or')}"
            )
            yield Finding((*here, empty) if empty else here, message, hint)
        counted = [name for name in named if name in _COUNTED]
        if len(counted) > 1:
            yield Finding(here, f"the step has {listed(counted)}", "make each a separate step")
