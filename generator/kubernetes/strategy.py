"""What a Rollout strategy says: its kind, the Services it names, the routers it drives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

GATEWAY_API = "argoproj-labs/gatewayAPI"
"""The key of the Gateway API plugin below `trafficRouting.plugins`."""

NEEDS_SERVICES = ("alb", "nginx", "smi", "apisix", "ambassador", "appMesh", "traefik")
"""Routers that split traffic between two Services whatever else is set (istio and plugins: see below)."""


def kind(strategy: Mapping[str, Any]) -> str:
    """Return `canary`, `blueGreen`, or empty if absent."""
    return "blueGreen" if "blueGreen" in strategy else "canary" if "canary" in strategy else ""


def body(strategy: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is below `canary` or `blueGreen`."""
    return strategy.get(kind(strategy)) or {}


def routing(strategy: Mapping[str, Any]) -> dict[str, Any]:
    """Return `canary.trafficRouting`; empty without a traffic router."""
    return (strategy.get("canary") or {}).get("trafficRouting") or {}


def steps(strategy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the canary's steps."""
    return (strategy.get("canary") or {}).get("steps") or []


def splits_by_service(strategy: Mapping[str, Any]) -> bool:
    """Tell whether the router sends traffic to a stable and a canary Service.

    Istio by subsets has one Service, and ping-pong brings two of its own.
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, requireCanaryStableServices
    """
    router = routing(strategy)
    ping_pong = "pingPong" in (strategy.get("canary") or {})
    if any(name in router for name in NEEDS_SERVICES if not (name == "alb" and ping_pong)):
        return True
    istio = router.get("istio")
    if istio is not None and "destinationRule" not in istio and not ping_pong:
        return True
    return GATEWAY_API in (router.get("plugins") or {}) and not ping_pong


def uses_services(strategy: Mapping[str, Any]) -> bool:
    """Tell whether a strategy switches between Services, those included that `with_services` would name."""
    which = kind(strategy)
    return which == "blueGreen" or bool(services(strategy)) or (which == "canary" and splits_by_service(strategy))


def with_services(strategy: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the strategy with the Services that it needs and does not name, named as the chart names them.

    A canary without a traffic router gets none: Argo Rollouts would send all traffic to the stable
    pods while it scales them down.
    """
    which = kind(strategy)
    if which == "canary" and splits_by_service(strategy):
        wanted = {"stableService": names["stable"], "canaryService": names["canary"]}
    elif which == "blueGreen":
        wanted = {"activeService": names["active"], "previewService": names["preview"]}
    else:
        return strategy
    given = body(strategy)
    return {**strategy, which: {**{name: value for name, value in wanted.items() if name not in given}, **given}}


def services(strategy: Mapping[str, Any]) -> list[str]:
    """Return the names of the Services that the strategy refers to, each once."""
    given = body(strategy)
    ping_pong = given.get("pingPong") or {}
    named = [given.get(field) for field in ("stableService", "canaryService", "activeService", "previewService")]
    named += [ping_pong.get("pingService"), ping_pong.get("pongService")]
    return [str(name) for name in dict.fromkeys(named) if name]


def roots(strategy: Mapping[str, Any]) -> list[str]:
    """Return the names of the Services that a router splits between two others; Argo Rollouts never writes them."""
    router = routing(strategy)
    named = [(router.get(name) or {}).get("rootService") for name in ("alb", "smi")]
    others = services(strategy)
    return [str(name) for name in dict.fromkeys(named) if name and name not in others]


def analyses(strategy: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Yield every analysis that refers to templates, with its pointer below the strategy."""
    canary = strategy.get("canary") or {}
    if canary.get("analysis"):
        yield ("canary", "analysis"), canary["analysis"]
    for index, step in enumerate(steps(strategy)):
        if isinstance(step.get("analysis"), dict):
            yield ("canary", "steps", index, "analysis"), step["analysis"]
    blue_green = strategy.get("blueGreen") or {}
    for field in ("prePromotionAnalysis", "postPromotionAnalysis"):
        if blue_green.get(field):
            yield ("blueGreen", field), blue_green[field]
