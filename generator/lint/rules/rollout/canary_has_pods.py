"""The rule TP726, canary-has-pods."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import number, routing, steps
from generator.lint.rules.rule import Finding

_TESTS = ("analysis", "setHeaderRoute", "setMirrorRoute", "pause")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Behind a traffic router, a step that tests the canary must come after one that creates its pods.

    Before the first `setWeight` or `setCanaryScale` the canary has no pods: an analysis, a pause or a header
    route tests nothing, and the controller removes managed routes again.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{pause: {duration: 5m}}, {setWeight: 20}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setWeight: 20}, {pause: {duration: 5m}}]
    Source: argo-rollouts, rollout/trafficrouting.go, reconcileTrafficRouting
    """
    if not routing(item):
        return
    for pointer, step in steps(item):
        if (number(step.get("setWeight")) or 0) > 0 or "setCanaryScale" in step:
            return
        name = next((name for name in _TESTS if name in step), "")
        if name:
            message = f"`{name}` comes before the canary has any pods"
            yield Finding((*pointer, name), message, "put a setCanaryScale or setWeight step before it")
            return
