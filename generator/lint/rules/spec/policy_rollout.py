"""The rule TP211, policy-rollout."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes import strategy as strategies
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.syntax.wording import listed


def check(built: Built) -> Iterator[Finding]:
    """A rollout must be of a kind that the environment allows.

    `policy.rollout.required` forbids a plain Deployment, `strategies` lists the allowed kinds, and
    `analysis: required` requires at least one analysis: in the background, as a step, or before or
    after promotion.
    Wrong:
        # environments/prod.yaml
        spec:
          policy: {rollout: {strategies: [canary]}}
        # services/web/pipeline.yaml
        spec:
          rollout: {preset: blue-green}
    Right:
        # environments/prod.yaml
        spec:
          policy: {rollout: {strategies: [canary]}}
        # services/web/pipeline.yaml
        spec:
          rollout: {preset: gradual-canary}
    Source: docs/spec.md, Layers
    """
    policy = built.resolved.environment.policy.get("rollout") or {}
    where = built.resolved.environment.name
    which = strategies.kind(built.strategy)
    if not which:
        if policy.get("required"):
            hint = "add a preset or a strategy under `rollout`"
            yield Finding(("rollout",), f"{where} requires a progressive rollout, but this is a plain Deployment", hint)
        return
    allowed = policy.get("strategies")
    if allowed and which not in allowed:
        yield Finding(("rollout", "strategy", which), f"{where} does not allow `{which}`", f"use {listed(allowed, last='or')}")
    if policy.get("analysis") == "required" and not any(strategies.analyses(built.strategy)):
        hint = "add `analysis` to the canary, or pre- or postPromotionAnalysis"
        yield Finding(("rollout", "strategy", which), f"{where} requires an analysis, but the strategy has none", hint)
