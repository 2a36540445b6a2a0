"""The rule MR621, istio-routes-canary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.backends import ISTIO
from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, Reference, at, maps, texts
from generator.wording import listed, suggestion

_ISTIO: Pointer = ("spec", "strategy", "canary", "trafficRouting", "istio")


class _Split(NamedTuple):
    """How the traffic is divided: between two Services by host, or two subsets of one."""

    field: str
    stable: str
    canary: str


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The VirtualServices that Istio routes a canary by must exist, with routes to both versions.

    Each managed route needs a destination for the old and for the new version: two hosts, or two subsets
    of a DestinationRule. Without names there may be one HTTP route only. Otherwise the Rollout is
    InvalidSpec.
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation_references.go (ValidateVirtualService)
    """
    canary = at(item.spec, "strategy", "canary")
    istio = at(canary, "trafficRouting", "istio")
    if not isinstance(istio, dict):
        return
    yield from _destination_rule(item, istio, objects)
    split = _split(canary, istio)
    for reference, known in objects.missing(virtual_services(item), item):
        hint = suggestion(reference.name, known, "add it, or name one that there is")
        message = f"there is no VirtualService `{reference.name}`, by which {item.title} routes"
        yield ObjectFinding(reference.pointer, message, hint)
    states = dict(_named(istio))
    for reference in virtual_services(item):
        service, here = objects.referred(reference, item), reference.pointer[:-1]
        state = states[here[len(_ISTIO) :]]
        if service is not None and split:
            yield from _routes(service, state, here, split)


def _named(istio: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    if isinstance(istio.get("virtualService"), dict):
        yield ("virtualService",), istio["virtualService"]
    yield from ((("virtualServices", index), state) for index, state in maps(istio.get("virtualServices")))


def _split(canary: Any, istio: dict[str, Any]) -> _Split | None:
    rule, ping_pong = istio.get("destinationRule"), at(canary, "pingPong")
    if isinstance(rule, dict):
        names = (rule.get("stableSubsetName"), rule.get("canarySubsetName"))
    elif isinstance(ping_pong, dict):
        names = (ping_pong.get("pingService"), ping_pong.get("pongService"))
    else:
        names = (at(canary, "stableService"), at(canary, "canaryService"))
    field = "subset" if isinstance(rule, dict) else "host"
    return _Split(field, names[0], names[1]) if isinstance(names[0], str) and isinstance(names[1], str) else None


def _routes(service: KubeObject, state: dict[str, Any], here: Pointer, split: _Split) -> Iterator[ObjectFinding]:
    every = [(kind, route) for kind in ("http", "tls", "tcp") for _, route in maps(service.spec.get(kind))]
    if not every:
        yield ObjectFinding((*here, "name"), f"{service.title} has no routes", "add an http, tls or tcp route")
        return
    wanted = [name for _, name in texts(state.get("routes"))]
    http = {str(route.get("name") or ""): route for _, route in maps(service.spec.get("http"))}
    for index, name in texts(state.get("routes")):
        if name not in http:
            hint = suggestion(name, [known for known in http if known], f"its http routes are {listed(filter(None, http))}")
            yield ObjectFinding((*here, "routes", index), f"{service.title} has no http route called `{name}`", hint)
    for kind, field in (("tls", "tlsRoutes"), ("tcp", "tcpRoutes")):
        for index, match in maps(state.get(field)):
            if not any(_matches(route, match) for _, route in maps(service.spec.get(kind))):
                message = f"{service.title} has no {kind} route for {_said(match)}"
                yield ObjectFinding((*here, field, index), message, f"add one, or correct {field}")
    managed = [route for kind, route in every if _is_managed(kind, route, wanted, state)]
    if not (wanted or state.get("tlsRoutes") or state.get("tcpRoutes")) and len(managed) > 1:
        message = f"{service.title} has {len(managed)} routes, and the strategy does not say which are split"
        yield ObjectFinding(here, message, "name them under `routes`")
        return
    for route in managed:
        yield from _destinations(service, route, here, split)


def _is_managed(kind: str, route: dict[str, Any], wanted: list[str], state: dict[str, Any]) -> bool:
    if not (wanted or state.get("tlsRoutes") or state.get("tcpRoutes")):
        return True
    if kind == "http":
        return route.get("name") in wanted
    return any(_matches(route, match) for _, match in maps(state.get(f"{kind}Routes")))


def _matches(route: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Tell whether a tls or tcp route is meant by a port and, for tls, the same set of SNI hosts."""
    for _, match in maps(route.get("match")):
        same_port = wanted.get("port") is None or match.get("port") == wanted.get("port")
        hosts, asked = (sorted(host for _, host in texts(part.get("sniHosts"))) for part in (match, wanted))
        if same_port and (not asked or hosts == asked):
            return True
    return False


def _said(match: dict[str, Any]) -> str:
    parts = [f"port {match['port']}"] if "port" in match else []
    return " and ".join([*parts, *(f"the SNI host {host}" for _, host in texts(match.get("sniHosts")))]) or "nothing"


def _destinations(service: KubeObject, route: dict[str, Any], here: Pointer, split: _Split) -> Iterator[ObjectFinding]:
    found = {str(at(part, "destination", split.field) or "").partition(".")[0] for _, part in maps(route.get("route"))}
    missing = [name for name in (split.stable, split.canary) if name.partition(".")[0] not in found]
    if missing:
        title = f"the route `{route['name']}`" if route.get("name") else "its route"
        message = f"{service.title}: {title} does not send to the {split.field} {listed(missing)}"
        yield ObjectFinding((*here, "name"), message, "give the route both destinations, weighted 100 and 0")


def _destination_rule(item: KubeObject, istio: dict[str, Any], objects: Objects) -> Iterator[ObjectFinding]:
    wanted = istio.get("destinationRule")
    if not isinstance(wanted, dict) or not objects.holds(ISTIO, "DestinationRule"):
        return
    name = str(wanted.get("name") or "")
    rule = objects.find(ISTIO, "DestinationRule", name, item)
    here: Pointer = (*_ISTIO, "destinationRule")
    if rule is None:
        hint = suggestion(name, objects.names(ISTIO, "DestinationRule", item), "add it, or name one that there is")
        yield ObjectFinding((*here, "name"), f"there is no DestinationRule `{name}`, by which {item.title} routes", hint)
        return
    known = [str(subset.get("name")) for _, subset in maps(rule.spec.get("subsets"))]
    for field in ("stableSubsetName", "canarySubsetName"):
        if wanted.get(field) and wanted[field] not in known:
            hint = suggestion(str(wanted[field]), known, "add the subset")
            yield ObjectFinding((*here, field), f"{rule.title} has no subset `{wanted[field]}`", hint)


def virtual_services(item: KubeObject) -> Iterator[Reference]:
    """Yield the VirtualServices of its own namespace that a Rollout routes by."""
    istio = at(item.data, *_ISTIO)
    for pointer, state in _named(istio) if isinstance(istio, dict) else ():
        name, _, namespace = str(state.get("name") or "").partition(".")
        if name and namespace in ("", item.namespace):
            yield Reference((*_ISTIO, *pointer, "name"), ISTIO, "VirtualService", name, "virtualService")


RULE = ObjectRule("MR621", "istio-routes-canary", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check, virtual_services)
