"""The rule TP816, self-heal-fights-router."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.kubernetes.applications import has_option, ignored, rollouts_of
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import routing
from generator.kubernetes.strategy import GATEWAY_API
from generator.lint.rules.rule import Finding

_WRITES = {
    "istio": ("networking.istio.io", "VirtualService"),
    "traefik": ("traefik.io", "TraefikService"),
    "apisix": ("apisix.apache.org", "ApisixRoute"),
}


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """If a traffic router changes an object from Git, the Application must ignore its weights.

    Argo Rollouts writes the weights to the VirtualService, HTTPRoute or similar route. Each sync resets them
    (with selfHeal within seconds), and the canary loses its traffic in the middle of a step.
    Wrong:
        kind: Application
        spec:
          destination: {namespace: shop}
          syncPolicy: {automated: {selfHeal: true}}
        ---
        kind: Rollout
        metadata: {name: web, namespace: shop}
        spec:
          strategy: {canary: {trafficRouting: {istio: {virtualService: {name: web}}}}}
        ---
        kind: VirtualService
        apiVersion: networking.istio.io/v1
        metadata: {name: web, namespace: shop}
    Right:
        kind: Application
        spec:
          destination: {namespace: shop}
          syncPolicy: {automated: {selfHeal: true}, syncOptions: [RespectIgnoreDifferences=true]}
          ignoreDifferences:
            - {group: networking.istio.io, kind: VirtualService, jqPathExpressions: [".spec.http[].route[].weight"]}
        ---
        kind: Rollout
        metadata: {name: web, namespace: shop}
        spec:
          strategy: {canary: {trafficRouting: {istio: {virtualService: {name: web}}}}}
        ---
        kind: VirtualService
        apiVersion: networking.istio.io/v1
        metadata: {name: web, namespace: shop}
    Source: argo-rollouts, docs/features/traffic-management/istio.md; issues 849, 2463
    """
    automated = at(item.spec, "syncPolicy", "automated")
    if not isinstance(automated, dict) or automated.get("enabled") is False:
        return
    for rollout in rollouts_of(item, objects):
        for group, kind in _changed(routing(rollout)):
            if not objects.of(group, kind):
                continue
            if not ignored(item, group, kind):
                message = f"each sync resets the weights that {rollout.title} writes to its {kind}"
                yield Finding(("spec", "syncPolicy", "automated"), message, f"ignore the weights of {group} {kind}")
            elif not has_option(item, "RespectIgnoreDifferences=true"):
                message = f"each sync still resets the ignored fields of {kind}"
                yield Finding(("spec", "ignoreDifferences"), message, "add RespectIgnoreDifferences=true to syncOptions")


def _changed(router: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the kinds of objects from Git that a router changes; nginx, SMI and Ambassador use objects of their own."""
    for name, kind in _WRITES.items():
        if router.get(name) is not None:
            yield kind
    if at(router, "plugins", GATEWAY_API) is not None:
        yield "gateway.networking.k8s.io", "HTTPRoute"
