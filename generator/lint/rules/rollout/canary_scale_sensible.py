"""The rule TP725, canary-scale-sensible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import number, steps, whole_weight
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A `setCanaryScale` must set exactly one field, and must be reset before the weights rise.

    `replicas` wins over a `weight` next to it, an empty scale follows the traffic, and a weight above 100
    creates more pods than the stable version has. A scale stays in force until the next one: if it is not
    reset, a few pods get most of the traffic.
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
            message = f"this setCanaryScale is still in force at weight {weight}"
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
        message = f"setCanaryScale sets {listed(given)}" if given else "setCanaryScale sets nothing"
        yield Finding(here, message, "set one of `replicas`, `weight` and `matchTrafficWeight: true`")
    weight = number(scale.get("weight"))
    if weight is not None and not 0 <= weight <= 100:
        yield Finding((*here, "weight"), f"weight {weight} is not between 0 and 100", "set a percentage of the replicas")
