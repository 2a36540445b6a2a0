"""The rule TP205, canary-needs-router."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.rollouts import CANARY, canary, routing, steps, table
from generator.lint.rules.rule import Finding

_FIELDS = ("scaleDownDelaySeconds", "dynamicStableScale")
_STEPS = ("setCanaryScale", "setHeaderRoute", "setMirrorRoute")
_HINT = "add `trafficRouting`, or remove this"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Features of a traffic router need `trafficRouting`.

    Without a router, the controller rejects a delayed scale-down, a dynamic stable scale, a separate canary
    scale, header and mirror routes, and experiment weights.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setCanaryScale: {replicas: 1}}, {setWeight: 20}]}}
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setCanaryScale: {replicas: 1}}, {setWeight: 20}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    if routing(item):
        return
    for field in _FIELDS:
        value = canary(item).get(field)
        if value is not None and value is not False:
            yield Finding((*CANARY, field), f"`{field}` needs a traffic router", _HINT)
    for pointer, step in steps(item):
        for name in _STEPS:
            if name in step:
                yield Finding((*pointer, name), f"step `{name}` needs a traffic router", _HINT)
        for index, template in maps(table(step, "experiment").get("templates")):
            if template.get("weight") is not None:
                here = (*pointer, "experiment", "templates", index, "weight")
                yield Finding(here, "the weight of an experiment needs a traffic router", _HINT)
