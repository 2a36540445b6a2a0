"""The rule TP202, strategy-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import ROLLOUT, STRATEGY, table
from generator.lint.rules.rule import Finding, Rule


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A rollout must have one strategy: `canary` or `blueGreen`.

    With none or with both the controller marks the Rollout InvalidSpec and stops reconciling it.
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
            STRATEGY, "the rollout has no strategy", "name one: canary or blueGreen; `rollout: null` is a plain Deployment"
        )
    elif len(named) > 1:
        yield Finding(STRATEGY, "the strategy is both `canary` and `blueGreen`", "keep one, and remove the other")


RULE = Rule("TP202", "strategy-is-one", Severity.ERROR, ROLLOUT, check, before_helm=True)
