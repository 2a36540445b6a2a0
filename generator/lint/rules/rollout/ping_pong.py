"""The rule TP732, ping-pong."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import CANARY, ROUTING, canary, routing
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Ping-pong needs ALB, Istio or a plugin, and the names of both its Services.

    ALB also needs a `rootService`. Otherwise the controller marks the Rollout InvalidSpec.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              pingPong: {pingService: web-ping, pongService: web-pong}
              trafficRouting: {nginx: {stableIngress: web}}
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              pingPong: {pingService: web-ping, pongService: web-pong}
              trafficRouting: {alb: {ingress: web, servicePort: 80, rootService: web}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    pair = canary(item).get("pingPong")
    if not isinstance(pair, dict):
        return
    router = routing(item)
    here: Pointer = (*CANARY, "pingPong")
    if isinstance(at(item.data, *ROUTING), dict) and not any(
        router.get(name) is not None for name in ("alb", "istio", "plugins")
    ):
        yield Finding(here, "ping-pong works only with ALB, Istio and plugins", "use `stableService` and `canaryService`")
    for field in ("pingService", "pongService"):
        if not pair.get(field):
            yield Finding((*here, field), f"ping-pong has no {field}", f"add `{field}`")
    if router.get("alb") is not None and not at(router, "alb", "rootService"):
        yield Finding((*ROUTING, "alb"), "ping-pong with ALB needs a rootService", "add `rootService`")
