"""The rule TP723, weight-in-range."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import ROLLOUT, ROUTING, number, routing, weights, whole_weight
from generator.lint.rules.rule import Finding, Rule


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A weight must lie between 0 and all traffic, which is 100 unless maxTrafficWeight says otherwise.

    Only nginx and plugins know a maxTrafficWeight; with any other router the Rollout is InvalidSpec.
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
            yield Finding(here, "only nginx and plugins know maxTrafficWeight", "remove it, and count weights to 100")
        elif (number(most) or 0) < 1:
            yield Finding(here, f"maxTrafficWeight {most} is no weight", "write the weight that means all traffic")
    whole = whole_weight(item)
    for pointer, weight in weights(item):
        if not 0 <= weight <= max(whole, 1):
            yield Finding(pointer, f"weight {weight} is not in 0 to {whole}", f"write 0 to {whole}")


RULE = Rule(
    "TP723",
    "weight-in-range",
    Severity.ERROR,
    ROLLOUT,
    check,
    needs=frozenset(["setWeight", "maxTrafficWeight"]),
    before_helm=True,
)
