"""The rule TP723, weight-in-range."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import ROUTING, number, routing, weights, whole_weight
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A weight must be between 0 and all traffic, which is 100 unless `maxTrafficWeight` is set.

    Only nginx and plugins support `maxTrafficWeight`; with a different router, the controller marks the Rollout
    InvalidSpec.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 120}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 100}]}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    most = routing(item).get("maxTrafficWeight")
    if most is not None:
        here: Pointer = (*ROUTING, "maxTrafficWeight")
        if not any(routing(item).get(name) is not None for name in ("nginx", "plugins")):
            yield Finding(here, "only nginx and plugins support maxTrafficWeight", "remove it, and use weights from 0 to 100")
        elif (number(most) or 0) < 1:
            yield Finding(here, f"maxTrafficWeight {most} is not a valid weight", "set the weight that means all traffic")
    whole = whole_weight(item)
    for pointer, weight in weights(item):
        if not 0 <= weight <= max(whole, 1):
            yield Finding(pointer, f"weight {weight} is not between 0 and {whole}", f"set a weight from 0 to {whole}")
