"""The rule MR202, strategy-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.build import Built
from generator.diagnostics import Severity
from generator.rules.rule import About, Finding, Rule


def check(built: Built) -> Iterator[Finding]:
    """A rollout must have one strategy: `canary` or `blueGreen`.

    With none or with both the controller marks the Rollout InvalidSpec and stops reconciling it.
    Wrong:
        spec:
          rollout: {strategy: {canary: {}, blueGreen: {}}}
    Right:
        spec:
          rollout: {strategy: {canary: {}}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, ValidateRolloutStrategy
    """
    rollout = built.resolved.data.get("rollout")
    if rollout is None:
        return
    strategy = rollout.get("strategy") or {}
    if len(strategy) == 0:
        hint = "name a preset, write a strategy, or write `rollout: null` for a plain Deployment"
        yield Finding(("rollout",), "the rollout has no strategy", hint)
    elif len(strategy) > 1:
        yield Finding(
            ("rollout", "strategy"), "the strategy is both `canary` and `blueGreen`", "keep one, and remove the other with null"
        )


RULE = Rule("MR202", "strategy-is-one", Severity.ERROR, check, About.ROLLOUT)
