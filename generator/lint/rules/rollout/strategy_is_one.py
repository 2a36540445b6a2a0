"""The rule TP202, strategy-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import STRATEGY, table
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A Rollout must have exactly one strategy: `canary` or `blueGreen`.

    With neither or both, the controller marks the Rollout InvalidSpec and stops reconciling it.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {}, blueGreen: {activeService: web}}
    Right:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, ValidateRolloutStrategy
    """
    named = [
        name for name, value in table(item.data, *STRATEGY).items() if name in ("canary", "blueGreen") and value is not None
    ]
    if not named:
        yield Finding(
            STRATEGY, "the rollout has no strategy", "set `canary` or `blueGreen`, or `rollout: null` for a plain Deployment"
        )
    elif len(named) > 1:
        yield Finding(STRATEGY, "the strategy has both `canary` and `blueGreen`", "remove one of the two")
