"""The rule TP731, router-needs-services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import ROUTING, canary, routing
from generator.kubernetes.strategy import GATEWAY_API, NEEDS_SERVICES
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A traffic router needs a `stableService` and a `canaryService`.

    Only ping-pong and Istio with a DestinationRule work without them. For plugins the controller does not
    check, but the Gateway API plugin does nothing without them.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {trafficRouting: {nginx: {stableIngress: web}}}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {stableService: web, canaryService: web-canary, trafficRouting: {nginx: {stableIngress: web}}}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, requireCanaryStableServices
    """
    given = canary(item)
    if not _asks(given, routing(item)):
        return
    missing = [name for name in ("stableService", "canaryService") if not given.get(name)]
    if missing:
        message = f"{item.title} has a traffic router but no {' and no '.join(missing)}"
        yield Finding(ROUTING, message, f"add {listed(missing)}")


def _asks(given: dict[str, Any], router: dict[str, Any]) -> bool:
    if any(router.get(name) is not None for name in NEEDS_SERVICES if name != "alb"):
        return True
    # Ping-pong replaces both Services, but only with ALB, Istio and plugins; every other router was handled above.
    if given.get("pingPong") is not None:
        return False
    istio = router.get("istio")
    by_host = istio is not None and at(istio, "destinationRule") is None
    return by_host or router.get("alb") is not None or at(router, "plugins", GATEWAY_API) is not None
