"""The rule MR623, gateway-routes-canary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import backends
from generator import strategy as strategies
from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, Reference, at, maps
from generator.wording import listed, suggestion

_KINDS = {"httpRoute": "HTTPRoute", "grpcRoute": "GRPCRoute", "tcpRoute": "TCPRoute", "tlsRoute": "TLSRoute"}
_PLUGIN: Pointer = ("spec", "strategy", "canary", "trafficRouting", "plugins", strategies.GATEWAY_API)


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The routes that the Gateway API plugin moves must exist, and send to both Services of the canary.

    The plugin looks for the two Services among the backends of each rule and sets their weights; a rule
    that has only one of them is left as it is, and the traffic never moves.
    Source: argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi, pkg/plugin
    """
    for reference, known in objects.missing(routes(item), item):
        hint = suggestion(reference.name, known, "enable the route, or name one that there is")
        message = f"there is no {reference.kind} `{reference.name}`, by which {item.title} routes"
        yield ObjectFinding(reference.pointer, message, hint)
    canary = at(item.spec, "strategy", "canary")
    services = [name for name in (at(canary, "stableService"), at(canary, "canaryService")) if isinstance(name, str) and name]
    for reference in routes(item):
        route = objects.referred(reference, item)
        if route is not None and len(services) == 2:
            yield from _route(route, reference.pointer, services)


def routes(item: KubeObject) -> Iterator[Reference]:
    """Yield the routes of its own namespace that a Rollout routes by."""
    plugin = at(item.data, *_PLUGIN)
    if isinstance(plugin, dict) and plugin.get("namespace") in (None, "", item.namespace or None):
        for field, kind in _KINDS.items():
            for pointer, name in _named(plugin, field):
                yield Reference((*_PLUGIN, *pointer), backends.GATEWAY, kind, name, field)


def _named(plugin: dict[str, Any], field: str) -> Iterator[tuple[Pointer, str]]:
    if isinstance(plugin.get(field), str) and plugin[field]:
        yield (field,), plugin[field]
    for index, route in maps(plugin.get(f"{field}s")):
        if isinstance(route.get("name"), str) and route["name"]:
            yield (f"{field}s", index, "name"), route["name"]


def _route(route: KubeObject, pointer: Pointer, services: list[str]) -> Iterator[ObjectFinding]:
    by_rule = [
        {str(part.get("name")) for _, part in maps(rule.get("backendRefs"))} for _, rule in maps(route.spec.get("rules"))
    ]
    if not any(set(services) <= names for names in by_rule):
        message = f"no rule of {route.title} sends to both {listed(services)}"
        yield ObjectFinding(pointer, message, "give a rule both backendRefs, weighted 100 and 0")


RULE = ObjectRule("MR623", "gateway-routes-canary", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check, routes)
