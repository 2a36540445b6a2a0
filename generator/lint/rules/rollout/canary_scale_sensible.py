"""The rule TP725, canary-scale-sensible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import ROLLOUT, number, steps, whole_weight
from generator.lint.rules.rule import Finding, Rule
from generator.syntax.wording import listed


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A setCanaryScale must say one thing, and be taken back before the weights rise.

    Replicas win over a weight beside them, an empty scale follows the traffic, and a weight above 100 means
    more pods than the stable version has. A scale stays in force until the next one: forgotten, few pods
    get most of the traffic.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setCanaryScale: {replicas: 1}}, {pause: {}}, {setWeight: 80}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setCanaryScale: {replicas: 1}}, {pause: {}}, {setCanaryScale: {matchTrafficWeight: true}}, {setWeight: 80}]
    Source: argo-rollouts, utils/replicaset/canary.go, GetCanaryReplicasOrWeight; issues 3501, 4233
    """
    fixed: Pointer = ()
    for pointer, step in steps(item):
        weight = number(step.get("setWeight"))
        if fixed and weight is not None and weight * 2 > whole_weight(item):
            message = f"weight {weight} goes to the pods of a setCanaryScale that is still in force"
            yield Finding(fixed, message, "add `setCanaryScale: {matchTrafficWeight: true}` before the weights rise")
            fixed = ()
        scale = step.get("setCanaryScale")
        if isinstance(scale, dict):
            here: Pointer = (*pointer, "setCanaryScale")
            fixed = here if any(number(scale.get(field)) is not None for field in ("replicas", "weight")) else ()
            yield from _said(scale, here)


def _said(scale: dict[str, Any], here: Pointer) -> Iterator[Finding]:
    given = [field for field in ("replicas", "weight", "matchTrafficWeight") if scale.get(field) not in (None, False)]
    if len(given) != 1:
        message = f"setCanaryScale has {listed(given)}" if given else "setCanaryScale says nothing"
        yield Finding(here, message, "keep one of `replicas`, `weight` and `matchTrafficWeight: true`")
    weight = number(scale.get("weight"))
    if weight is not None and not 0 <= weight <= 100:
        yield Finding((*here, "weight"), f"weight {weight} is not in 0 to 100", "write a percentage of the replicas")


RULE = Rule(
    "TP725", "canary-scale-sensible", Severity.WARNING, ROLLOUT, check, needs=frozenset(["setCanaryScale"]), before_helm=True
)
