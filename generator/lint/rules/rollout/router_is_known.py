"""The rule TP734, router-is-known."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import ROUTING, routing
from generator.kubernetes.strategy import GATEWAY_API, NEEDS_SERVICES
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_KNOWN = (*NEEDS_SERVICES, "istio", "plugins", "managedRoutes", "maxTrafficWeight")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A traffic router must be one that Argo Rollouts supports.

    The API server silently drops an unknown router, and the canary runs without one. The Gateway API is a
    plugin: it belongs below `plugins`, as `argoproj-labs/gatewayAPI`.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {trafficRouting: {gatewayAPI: {httpRoute: web}}}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {trafficRouting: {plugins: {argoproj-labs/gatewayAPI: {httpRoute: web}}}}}
    Source: argo-rollouts, pkg/apis/rollouts/v1alpha1/types.go; issue 4569
    """
    for name in routing(item):
        if name not in _KNOWN:
            gateway = name.lower() in ("gatewayapi", "gateway", "httproute")
            hint = (
                f"write `plugins: {{{GATEWAY_API}: …}}`"
                if gateway
                else suggestion(name, _KNOWN, f"use {listed(_KNOWN, last='or')}")
            )
            yield Finding((*ROUTING, name), f"unknown traffic router `{name}`", hint)
