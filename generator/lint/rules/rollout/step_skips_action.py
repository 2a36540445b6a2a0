"""The rule TP722, step-skips-action."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import ACTIONS, steps
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A step that scales, routes or calls a plugin should do nothing else.

    Argo Rollouts accepts such a step, but treats it as complete when one of its actions is, and may never run
    the others.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setCanaryScale: {replicas: 1}, setWeight: 20}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setCanaryScale: {replicas: 1}}, {setWeight: 20}]}}
    Source: argo-rollouts, rollout/canary.go, completedCurrentCanaryStep
    """
    for pointer, step in steps(item):
        named = [name for name in ACTIONS if name in step]
        counted = [name for name in named if name in ("setWeight", "pause", "experiment", "analysis")]
        if len(named) > 1 and len(counted) < 2:
            message = f"the step has {listed(named)}, but ends when `{named[0]}` does"
            yield Finding(pointer, message, "make each a separate step")
