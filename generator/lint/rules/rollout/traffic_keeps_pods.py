"""The rule TP739, traffic-keeps-pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import canary, number, routing, steps, whole_weight
from generator.kubernetes.target import first_of
from generator.lint.rules.rule import Finding
from generator.plan.routed import Routing, Scale, counts
from generator.plan.steps import percent

_MOST = 100_000
_LARGEST = 2**31


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A canary must not lose all its pods while the router still sends it traffic.

    With `dynamicStableScale`, canary pods stop as soon as a step needs fewer, but the router moves their traffic only
    when enough stable pods have started, and no step waits for them. If a step leaves no canary pods, all requests of
    the weight so far fail until then. Lower weights that are not 0 overload the pods that are left: TP201 reports them.
    Before 1.8.1 Argo Rollouts moved the traffic at once.
    Wrong:
        kind: Rollout
        spec:
          replicas: 4
          strategy:
            canary:
              dynamicStableScale: true
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setWeight: 50}, {pause: {}}, {setWeight: 0}, {pause: {}}]
    Right:
        kind: Rollout
        spec:
          replicas: 4
          strategy:
            canary:
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setWeight: 50}, {pause: {}}, {setWeight: 0}, {pause: {}}]
    Source: argo-rollouts, rollout/trafficrouting.go, checkReplicasAvailable
    """
    stated, replicas, whole = objects.target.release("rollouts"), number(item.spec.get("replicas")), whole_weight(item)
    replicas = 1 if replicas is None else replicas
    if canary(item).get("dynamicStableScale") is not True or not routing(item) or not 0 < replicas <= _MOST:
        return
    if stated is not None and stated < first_of("1.8.1"):
        return
    plan = Routing(replicas, whole, dynamic=True, least=number(canary(item).get("minPodsPerReplicaSet")))
    weight, sent, stable = 0, 0, replicas
    scale: Scale | None = None
    for pointer, step in steps(item):
        asked, given = number(step.get("setWeight")), step.get("setCanaryScale")
        weight = weight if asked is None else asked
        scale = _scale(given) if isinstance(given, dict) else scale
        if not 0 <= weight <= whole or whole > _LARGEST:
            return
        pods, before = counts(plan, weight, scale, sent), stable
        stable = pods.stable  # as many as the traffic so far leaves to it, until the next step
        if asked is None and not isinstance(given, dict):
            continue
        if pods.canary <= 0 < sent and before < replicas:
            field = "setWeight" if asked is not None else "setCanaryScale"
            message = f"{percent(sent, whole)} of the traffic goes to no pods until all stable pods are available"
            yield Finding((*pointer, field), message, "remove this step, or `dynamicStableScale`")
        sent = weight if pods.canary > 0 else 0


def _scale(given: dict[str, Any]) -> Scale | None:
    """Return the scale of a setCanaryScale in any data; None if the pods follow the weight."""
    replicas, weight = number(given.get("replicas")), number(given.get("weight"))
    follows = given.get("matchTrafficWeight") is True or (replicas is None and weight is None)
    if follows:
        return None
    return Scale(*(None if value is None else max(0, min(value, _MOST)) for value in (replicas, weight)))
