"""The rule MR622, mesh-routes-canary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import backends
from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, at, maps, texts
from generator.wording import listed, suggestion

_ROUTING: Pointer = ("spec", "strategy", "canary", "trafficRouting")


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """What Traefik, APISIX, Ambassador or App Mesh route a canary by must exist, and know both versions.

    The controller only sets weights: it adds no backend. A TraefikService and an ApisixRoute must send to
    the stable and the canary Service, an Ambassador Mapping must leave the weight to the controller, and
    each route of an App Mesh router needs two weighted targets.
    Source: argo-rollouts docs/features/traffic-management; validation_references.go
    """
    canary = at(item.spec, "strategy", "canary")
    routing = at(canary, "trafficRouting")
    if not isinstance(routing, dict):
        return
    services = [name for name in (at(canary, "stableService"), at(canary, "canaryService")) if isinstance(name, str) and name]
    yield from _traefik(item, objects, at(routing, "traefik", "weightedTraefikServiceName"), services)
    yield from _apisix(item, objects, at(routing, "apisix", "route"), services)
    for index, name in texts(at(routing, "ambassador", "mappings")):
        yield from _mapping(item, objects, name, (*_ROUTING, "ambassador", "mappings", index))
    yield from _app_mesh(item, objects, at(routing, "appMesh", "virtualService"))


def _found(item: KubeObject, objects: Objects, groups: tuple[str, ...], kind: str, name: str) -> KubeObject | None:
    return next((one for group in groups if (one := objects.find(group, kind, name, item))), None)


def _missing(
    item: KubeObject, objects: Objects, groups: tuple[str, ...], kind: str, name: str, pointer: Pointer
) -> Iterator[ObjectFinding]:
    if any(objects.holds(group, kind) for group in groups):
        known = [known for group in groups for known in objects.names(group, kind, item)]
        hint = suggestion(name, known, "add it, or name one that there is")
        yield ObjectFinding(pointer, f"there is no {kind} `{name}`, by which {item.title} routes", hint)


def _lacking(found: KubeObject, services: list[str], has: set[str], pointer: Pointer) -> Iterator[ObjectFinding]:
    missing = [name for name in services if name not in has]
    if missing:
        yield ObjectFinding(
            pointer, f"{found.title} does not send to {listed(missing)}", "add it as a backend, with weight 0 for the canary"
        )


def _traefik(item: KubeObject, objects: Objects, name: Any, services: list[str]) -> Iterator[ObjectFinding]:
    pointer: Pointer = (*_ROUTING, "traefik", "weightedTraefikServiceName")
    if not isinstance(name, str) or not name:
        return
    found = _found(item, objects, backends.TRAEFIK, "TraefikService", name)
    if found is None:
        yield from _missing(item, objects, backends.TRAEFIK, "TraefikService", name, pointer)
        return
    has = {str(service.get("name")) for _, service in maps(at(found.spec, "weighted", "services"))}
    yield from _lacking(found, services, has, pointer)


def _apisix(item: KubeObject, objects: Objects, route: Any, services: list[str]) -> Iterator[ObjectFinding]:
    name = at(route, "name")
    pointer: Pointer = (*_ROUTING, "apisix", "route")
    if not isinstance(name, str) or not name:
        return
    found = _found(item, objects, (backends.APISIX,), "ApisixRoute", name)
    if found is None:
        yield from _missing(item, objects, (backends.APISIX,), "ApisixRoute", name, (*pointer, "name"))
        return
    by_name = {str(rule.get("name")): rule for _, rule in maps(found.spec.get("http"))}
    named = [((*pointer, "rules", index), rule) for index, rule in texts(at(route, "rules"))] or [((*pointer, "name"), name)]
    for here, rule in named:
        if rule not in by_name:
            yield ObjectFinding(
                here, f"{found.title} has no rule `{rule}`", suggestion(rule, by_name, "name a rule that there is")
            )
            continue
        has = {str(backend.get("serviceName")) for _, backend in maps(by_name[rule].get("backends"))}
        yield from _lacking(found, services, has, here)


def _mapping(item: KubeObject, objects: Objects, name: str, pointer: Pointer) -> Iterator[ObjectFinding]:
    found = _found(item, objects, (backends.AMBASSADOR,), "Mapping", name)
    if found is None:
        yield from _missing(item, objects, (backends.AMBASSADOR,), "Mapping", name, pointer)
    elif found.spec.get("weight") is not None:
        yield ObjectFinding(
            pointer, f"{found.title} states a weight, which is the controller's to set", "remove spec.weight from the Mapping"
        )


def _app_mesh(item: KubeObject, objects: Objects, service: Any) -> Iterator[ObjectFinding]:
    name = at(service, "name")
    pointer: Pointer = (*_ROUTING, "appMesh", "virtualService")
    if not isinstance(name, str) or not name:
        return
    virtual = _found(item, objects, (backends.APP_MESH,), "VirtualService", name)
    if virtual is None:
        yield from _missing(item, objects, (backends.APP_MESH,), "VirtualService", name, (*pointer, "name"))
        return
    router_name = at(virtual.spec, "provider", "virtualRouter", "virtualRouterRef", "name")
    router = _found(item, objects, (backends.APP_MESH,), "VirtualRouter", str(router_name or ""))
    if router is None:
        message = f"{virtual.title} is not served by a VirtualRouter that is here"
        yield ObjectFinding((*pointer, "name"), message, "serve it by a VirtualRouter with two weighted targets")
        return
    wanted = [route for _, route in texts(at(service, "routes"))]
    for _, route in maps(router.spec.get("routes")):
        targets = [len(list(maps(at(part, "action", "weightedTargets")))) for part in route.values() if isinstance(part, dict)]
        if (not wanted or route.get("name") in wanted) and 2 not in targets:
            message = f"{router.title}: the route `{route.get('name')}` does not have two weighted targets"
            yield ObjectFinding((*pointer, "name"), message, "give it one for the stable and one for the canary VirtualNode")


RULE = ObjectRule("MR622", "mesh-routes-canary", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check)
