"""The rule TP621, istio-routes-canary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.backends import ISTIO
from generator.kubernetes.objects import KubeObject, Objects, Reference, at, maps, texts
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_CANARY: Pointer = ("spec", "strategy", "canary")
_ISTIO: Pointer = (*_CANARY, "trafficRouting", "istio")
_PROTOCOLS = {"http": "routes", "tls": "tlsRoutes", "tcp": "tcpRoutes"}
"""The fields of a VirtualService that hold routes, each with the field of a strategy that selects among them."""


class _Split(NamedTuple):
    """How the traffic is split: between two Services by host, or between two subsets of one."""

    field: str
    stable: str
    canary: str


class _Route(NamedTuple):
    """A route of a VirtualService."""

    pointer: Pointer
    data: dict[str, Any]


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The VirtualServices that a canary uses must exist, with routes to both versions.

    Each managed route needs a destination for the old and for the new version: two hosts, or two subsets
    of a DestinationRule. HTTP routes are selected by name, tls routes by one port and the same SNI hosts,
    tcp routes by one port. If a strategy selects none, the VirtualService may have only one route of each
    protocol, not counting those that the controller adds. Otherwise the Rollout is InvalidSpec.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              stableService: web
              canaryService: web-canary
              trafficRouting: {istio: {virtualService: {name: web}}}
        ---
        kind: VirtualService
        apiVersion: networking.istio.io/v1
        spec:
          hosts: [web]
          http: [{route: [{destination: {host: web}}]}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              stableService: web
              canaryService: web-canary
              trafficRouting: {istio: {virtualService: {name: web}}}
        ---
        kind: VirtualService
        apiVersion: networking.istio.io/v1
        spec:
          hosts: [web]
          http: [{route: [{destination: {host: web}, weight: 100}, {destination: {host: web-canary}, weight: 0}]}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation_references.go; rollout/trafficrouting/istio/istio.go
    """
    for reference, known in objects.missing(referred(item), item):
        message = f"{reference.kind} `{reference.name}`, which {item.title} routes through, does not exist"
        yield Finding(
            reference.pointer, message, suggestion(reference.name, known, "add it, or use the name of an existing one")
        )
    split = _split(item)
    for reference in referred(item):
        found = objects.referred(reference, item)
        if found is not None and reference.kind == "DestinationRule":
            yield from _subsets(item, found)
        elif found is not None and split is not None:
            yield from _routes(item, found, reference.pointer[:-1], split)


def referred(item: KubeObject) -> Iterator[Reference]:
    """Yield the VirtualServices and the DestinationRule that the strategy of a Rollout names."""
    istio = at(item.data, *_ISTIO)
    states: list[tuple[Pointer, Any]] = [(("virtualService",), at(istio, "virtualService"))]
    states += [(("virtualServices", index), state) for index, state in maps(at(istio, "virtualServices"))]
    for pointer, state in states:
        name, _, namespace = str(at(state, "name") or "").partition(".")
        if name:
            here = (*_ISTIO, *pointer, "name")
            yield Reference(here, ISTIO, "VirtualService", name, "virtualService", namespace=namespace)
    rule = at(istio, "destinationRule", "name")
    if isinstance(rule, str) and rule:
        yield Reference((*_ISTIO, "destinationRule", "name"), ISTIO, "DestinationRule", rule, "destinationRule")


def _split(item: KubeObject) -> _Split | None:
    """Return how the traffic is split; ping-pong only counts if the strategy names no other Services.

    Source: argo-rollouts, rollout/trafficrouting/service_helper.go (GetStableAndCanaryServices)
    """
    canary = at(item.data, *_CANARY)
    rule = at(item.data, *_ISTIO, "destinationRule")
    field, first, second = "host", at(canary, "stableService"), at(canary, "canaryService")
    if isinstance(rule, dict):
        field, first, second = "subset", rule.get("stableSubsetName"), rule.get("canarySubsetName")
    elif not first and not second:
        first, second = at(canary, "pingPong", "pingService"), at(canary, "pingPong", "pongService")
    return _Split(field, first, second) if isinstance(first, str) and isinstance(second, str) and first and second else None


def _routes(item: KubeObject, service: KubeObject, here: Pointer, split: _Split) -> Iterator[Finding]:
    by_protocol = {
        protocol: [_Route(("spec", protocol, index), route) for index, route in maps(service.spec.get(protocol))]
        for protocol in _PROTOCOLS
    }
    if not any(by_protocol.values()):
        hint = "add an http, tls or tcp route"
        yield Finding(("spec",), f"{service.title} has no routes for {item.title}", hint, at_fault=service)
        return
    added = {str(route.get("name")) for _, route in maps(at(item.data, *_CANARY, "trafficRouting", "managedRoutes"))}
    for protocol, field in _PROTOCOLS.items():
        own = [route for route in by_protocol[protocol] if protocol != "http" or str(route.data.get("name")) not in added]
        asked = list((texts if protocol == "http" else maps)(at(item.data, *here, field)))
        if protocol == "http" and not by_protocol["http"] and asked:
            continue  # the controller looks for http routes by name only where there are some
        managed, known = ([], _by_selection(own)) if asked else (own, {})
        for selection in dict.fromkeys(_selection(one) for _, one in asked):
            managed += known.get(selection, [])
        for index, one in asked:
            if _selection(one) not in known:
                yield _absent(service, protocol, one, own)._replace(pointer=(*here, field, index))
        if not asked and len(own) > 1:
            message = f"{service.title} has {len(own)} {protocol} routes, but {item.title} does not select one"
            yield Finding(here, message, f"list the routes to split under `{field}`")
            continue
        for route in managed:
            yield from _destinations(item, service, route, split)


def _absent(service: KubeObject, protocol: str, asked: Any, routes: list[_Route]) -> Finding:
    if not isinstance(asked, str):
        message = f"{service.title} has no {protocol} route for {_said(asked)}"
        return Finding((), message, f"add one for exactly that, or correct {_PROTOCOLS[protocol]}")
    known = [str(route.data["name"]) for route in routes if route.data.get("name")]
    hint = suggestion(asked, known, f"use one of its http routes: {listed(known)}")
    return Finding((), f"{service.title} has no http route `{asked}`", hint)


_Selection = str | tuple[frozenset[str], frozenset[str]]
"""What a strategy selects routes by: their name, or the ports and the SNI hosts of all their matches."""


def _by_selection(routes: list[_Route]) -> dict[_Selection, list[_Route]]:
    """Return routes by what selects them; a selection names one port at most."""
    found: dict[_Selection, list[_Route]] = {}
    for route in routes:
        matches = [match for _, match in maps(route.data.get("match"))]
        ports = frozenset(str(match.get("port") or 0) for match in matches) or frozenset("0")
        hosts = frozenset(host for match in matches for _, host in texts(match.get("sniHosts")))
        name = route.data.get("name")
        for selection in ((ports, hosts), name) if isinstance(name, str) else ((ports, hosts),):
            found.setdefault(selection, []).append(route)
    return found


def _selection(asked: Any) -> _Selection:
    if isinstance(asked, str):
        return asked
    return frozenset([str(asked.get("port") or 0)]), frozenset(host for _, host in texts(asked.get("sniHosts")))


def _said(match: dict[str, Any]) -> str:
    parts = [f"port {match['port']}"] if match.get("port") else []
    return " and ".join([*parts, *(f"the SNI host {host}" for _, host in texts(match.get("sniHosts")))]) or "no port"


def _destinations(item: KubeObject, service: KubeObject, route: _Route, split: _Split) -> Iterator[Finding]:
    found = {str(at(part, "destination", split.field) or "") for _, part in maps(route.data.get("route"))}
    if split.field == "host":
        found = {host.partition(".")[0] for host in found}
    missing = [name for name in (split.stable, split.canary) if name not in found]
    if missing:
        title = f"route `{route.data['name']}`" if route.data.get("name") else f"its {route.pointer[1]} route"
        message = f"{service.title}: {title} does not send to {split.field} {listed(missing)} of {item.title}"
        hint = "give the route both destinations, weighted 100 and 0"
        yield Finding((*route.pointer, "route"), message, hint, at_fault=service)


def _subsets(item: KubeObject, rule: KubeObject) -> Iterator[Finding]:
    known = [str(subset.get("name")) for _, subset in maps(rule.spec.get("subsets"))]
    for field in ("stableSubsetName", "canarySubsetName"):
        name = at(item.data, *_ISTIO, "destinationRule", field)
        if isinstance(name, str) and name and name not in known:
            message = f"{rule.title} has no subset `{name}`"
            yield Finding((*_ISTIO, "destinationRule", field), message, suggestion(name, known, "add the subset"))
