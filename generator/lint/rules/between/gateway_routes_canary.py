"""The rule TP623, gateway-routes-canary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes import backends
from generator.kubernetes import strategy as strategies
from generator.kubernetes.objects import KubeObject, Objects, Reference, at, maps
from generator.kubernetes.rollouts import steps
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_KINDS = {"httpRoute": "HTTPRoute", "grpcRoute": "GRPCRoute", "tcpRoute": "TCPRoute", "tlsRoute": "TLSRoute"}
_CANARY: Pointer = ("spec", "strategy", "canary")
_PLUGIN: Pointer = (*_CANARY, "trafficRouting", "plugins", strategies.GATEWAY_API)
_PAIRS: tuple[tuple[Pointer, Pointer], ...] = (
    (("stableService",), ("canaryService",)),
    (("pingPong", "pingService"), ("pingPong", "pongService")),
)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The routes that the Gateway API plugin changes must exist, and send to both Services of the canary.

    The plugin sets the weights of the two Services in the backendRefs of the rules. It fails at each step if
    one of them is in no rule; if no rule has both, the traffic never shifts. For `setHeaderRoute`, the plugin before
    its pull request 213 copies the first of these rules alone, which is a warning where the route has several.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              stableService: web
              canaryService: web-canary
              trafficRouting: {plugins: {argoproj-labs/gatewayAPI: {httpRoute: web}}}
        ---
        kind: HTTPRoute
        spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              stableService: web
              canaryService: web-canary
              trafficRouting: {plugins: {argoproj-labs/gatewayAPI: {httpRoute: web}}}
        ---
        kind: HTTPRoute
        spec: {rules: [{backendRefs: [{name: web, port: 80, weight: 100}, {name: web-canary, port: 80, weight: 0}]}]}
    Source: argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi, pkg/plugin; issue 207
    """
    for reference, known in objects.missing(routes(item), item):
        hint = suggestion(reference.name, known, "enable the route, or use the name of an existing one")
        message = f"{reference.kind} `{reference.name}`, which {item.title} routes through, does not exist"
        yield Finding(reference.pointer, message, hint)
    services = _services(at(item.data, *_CANARY))
    for reference in routes(item):
        route = objects.referred(reference, item)
        if route is not None and len(services) == 2:
            yield from _rules(item, route, services)
            if reference.role.startswith("http"):
                yield from _headers(item, route, services)


def routes(item: KubeObject) -> Iterator[Reference]:
    """Yield the routes of the Gateway API that the strategy of a Rollout names."""
    plugin = at(item.data, *_PLUGIN)
    stated = at(plugin, "namespace")
    namespace = stated if isinstance(stated, str) else ""
    for field, kind in _KINDS.items():
        names: list[tuple[Pointer, Any]] = [((field,), at(plugin, field))]
        names += [((f"{field}s", index, "name"), route.get("name")) for index, route in maps(at(plugin, f"{field}s"))]
        for pointer, name in names:
            if isinstance(name, str) and name:
                yield Reference((*_PLUGIN, *pointer), backends.GATEWAY, kind, name, field, namespace=namespace)


def _services(canary: Any) -> list[str]:
    for pair in _PAIRS:
        names = [name for field in pair if isinstance(name := at(canary, *field), str) and name]
        if names:
            return names
    return []


def _rules(item: KubeObject, route: KubeObject, services: list[str]) -> Iterator[Finding]:
    rules = list(maps(route.spec.get("rules")))
    if not any(_splits(rule, services) for _, rule in rules):
        message = f"no rule of {route.title} sends to both {listed(services)} of {item.title}"
        hint = "give a rule both backendRefs, weighted 100 and 0"
        pointer: Pointer = ("spec", "rules") if rules else ("spec",)
        yield Finding(pointer, message, hint, at_fault=route)


def _headers(item: KubeObject, route: KubeObject, services: list[str]) -> Iterator[Finding]:
    """Yield the step with a header route that only one of several rules would get."""
    splitting = [index for index, rule in maps(route.spec.get("rules")) if _splits(rule, services)]
    step = next((pointer for pointer, step in steps(item) if step.get("setHeaderRoute")), None)
    if step and len(splitting) > 1:
        message = f"older versions of the plugin route by header in rules[{splitting[0]}] of {route.title} alone (issue 207)"
        hint = f"upgrade the plugin, or make {route.title} several routes with one rule each"
        yield Finding((*step, "setHeaderRoute"), message, hint, severity=Severity.WARNING)


def _splits(rule: dict[str, Any], services: list[str]) -> bool:
    return set(services) <= {part["name"] for _, part in _backends(rule)}


def _backends(rule: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    return ((index, part) for index, part in maps(rule.get("backendRefs")) if isinstance(part.get("name"), str))
