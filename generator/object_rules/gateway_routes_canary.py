"""The rule MR623, gateway-routes-canary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import backends
from generator import strategy as strategies
from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, at, maps
from generator.wording import listed, suggestion

_KINDS = {"httpRoute": "HTTPRoute", "grpcRoute": "GRPCRoute", "tcpRoute": "TCPRoute", "tlsRoute": "TLSRoute"}
_PLUGIN: Pointer = ("spec", "strategy", "canary", "trafficRouting", "plugins", strategies.GATEWAY_API)


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The routes that the Gateway API plugin moves must exist, and send to both Services of the canary.

    The plugin looks for the two Services among the backends of each rule and sets their weights; a rule
    that has only one of them is left as it is, and the traffic never moves.
    Source: argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi, pkg/plugin
    """
    canary = at(item.spec, "strategy", "canary")
    plugin = at(canary, "trafficRouting", "plugins", strategies.GATEWAY_API)
    if not isinstance(plugin, dict) or plugin.get("namespace") not in (None, "", item.namespace or None):
        return
    services = [name for name in (at(canary, "stableService"), at(canary, "canaryService")) if isinstance(name, str) and name]
    for field, kind in _KINDS.items():
        for pointer, name in _named(plugin, field):
            yield from _route(item, objects, kind, name, (*_PLUGIN, *pointer), services)


def _named(plugin: dict[str, Any], field: str) -> Iterator[tuple[Pointer, str]]:
    if isinstance(plugin.get(field), str) and plugin[field]:
        yield (field,), plugin[field]
    for index, route in maps(plugin.get(f"{field}s")):
        if isinstance(route.get("name"), str) and route["name"]:
            yield (f"{field}s", index, "name"), route["name"]


def _route(
    item: KubeObject, objects: Objects, kind: str, name: str, pointer: Pointer, services: list[str]
) -> Iterator[ObjectFinding]:
    if not objects.holds(backends.GATEWAY, kind):
        return
    route = objects.find(backends.GATEWAY, kind, name, item)
    if route is None:
        hint = suggestion(name, objects.names(backends.GATEWAY, kind, item), "enable the route, or name one that there is")
        yield ObjectFinding(pointer, f"there is no {kind} `{name}`, by which {item.title} routes", hint)
        return
    by_rule = [
        {str(part.get("name")) for _, part in maps(rule.get("backendRefs"))} for _, rule in maps(route.spec.get("rules"))
    ]
    if len(services) == 2 and not any(set(services) <= names for names in by_rule):
        message = f"no rule of {route.title} sends to both {listed(services)}"
        yield ObjectFinding(pointer, message, "give a rule both backendRefs, weighted 100 and 0")


RULE = ObjectRule("MR623", "gateway-routes-canary", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check)
