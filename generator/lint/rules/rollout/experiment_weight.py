"""The rule TP737, experiment-weight."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import number, routing, steps, whole_weight
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Experiment weights need SMI, ALB, Istio or a plugin, and their sum must not exceed all traffic.

    With a different router, the controller marks the Rollout InvalidSpec. It does not check the sum.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{experiment: {duration: 10m, templates: [{name: new, specRef: canary, weight: 10}]}}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              trafficRouting: {istio: {virtualService: {name: web}}}
              steps: [{experiment: {duration: 10m, templates: [{name: new, specRef: canary, weight: 10}]}}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    router = routing(item)
    able = any(router.get(name) is not None for name in ("smi", "alb", "istio", "plugins"))
    for pointer, step in steps(item):
        total = 0
        for index, template in maps(at(step, "experiment", "templates")):
            weight = number(template.get("weight"))
            here: Pointer = (*pointer, "experiment", "templates", index, "weight")
            total += weight or 0
            if weight is not None and router and not able:
                yield Finding(here, "this router cannot send traffic to an experiment", "use SMI, ALB, Istio or a plugin")
            elif weight is not None and not 0 <= total <= whole_weight(item):
                yield Finding(here, f"the weights of the experiment add up to {total}", "lower them to at most 100 in total")
