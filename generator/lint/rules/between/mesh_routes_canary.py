"""The rule TP622, mesh-routes-canary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes import backends
from generator.kubernetes.objects import KubeObject, Objects, Reference, at, maps, texts
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_CANARY: Pointer = ("spec", "strategy", "canary")
_ROUTING: Pointer = (*_CANARY, "trafficRouting")
_APP_MESH: Pointer = (*_ROUTING, "appMesh")
_NODES: tuple[Pointer, ...] = (
    ("virtualNodeGroup", "stableVirtualNodeRef", "name"),
    ("virtualNodeGroup", "canaryVirtualNodeRef", "name"),
)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The routes of Traefik, APISIX, Ambassador or App Mesh that a canary uses must exist, with both versions.

    The controller only sets weights and adds no backends. A TraefikService and an ApisixRoute must send to
    the stable and the canary Service. An Ambassador Mapping must send to the stable one and have no weight,
    because the controller derives a second Mapping from it. Each route of an App Mesh router needs two
    weighted targets: the two VirtualNodes that the strategy names.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              stableService: web
              canaryService: web-canary
              trafficRouting: {traefik: {weightedTraefikServiceName: web}}
        ---
        kind: TraefikService
        spec: {weighted: {services: [{name: web, port: 80}]}}
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              stableService: web
              canaryService: web-canary
              trafficRouting: {traefik: {weightedTraefikServiceName: web}}
        ---
        kind: TraefikService
        spec: {weighted: {services: [{name: web, port: 80}, {name: web-canary, port: 80}]}}
    Source: argo-rollouts, rollout/trafficrouting; pkg/apis/rollouts/validation/validation_references.go
    """
    for reference in routes(item):
        found = _found(reference, item, objects)
        if found is None:
            yield from _missing(reference, item, objects)
        elif reference.kind in _CHECKS:
            yield from _CHECKS[reference.kind](item, found, objects)


def _found(reference: Reference, item: KubeObject, objects: Objects) -> KubeObject | None:
    """Return the object that a strategy names; a TraefikService may still have the API group from before Traefik 3."""
    groups = backends.TRAEFIK if reference.group in backends.TRAEFIK else (reference.group,)
    named = (objects.referred(reference._replace(group=group), item) for group in groups)
    return next((found for found in named if found is not None), None)


def _missing(reference: Reference, item: KubeObject, objects: Objects) -> Iterator[Finding]:
    for _, known in objects.missing([reference], item):
        hint = suggestion(reference.name, known, "add it, or use the name of an existing one")
        message = f"{reference.kind} `{reference.name}`, which {item.title} routes through, does not exist"
        yield Finding(reference.pointer, message, hint)


def routes(item: KubeObject) -> Iterator[Reference]:
    """Yield the routes, and the VirtualNodes, that the strategy of a Rollout names."""
    traefik: Pointer = (*_ROUTING, "traefik", "weightedTraefikServiceName")
    yield from _reference(item, traefik, backends.TRAEFIK[0], "TraefikService")
    yield from _reference(item, (*_ROUTING, "apisix", "route", "name"), backends.APISIX, "ApisixRoute")
    for index, _ in texts(at(item.data, *_ROUTING, "ambassador", "mappings")):
        yield from _reference(item, (*_ROUTING, "ambassador", "mappings", index), backends.AMBASSADOR, "Mapping")
    yield from _reference(item, (*_APP_MESH, "virtualService", "name"), backends.APP_MESH, "VirtualService")
    for pointer in _NODES:
        yield from _reference(item, (*_APP_MESH, *pointer), backends.APP_MESH, "VirtualNode")


def _reference(item: KubeObject, pointer: Pointer, group: str, kind: str) -> Iterator[Reference]:
    name = at(item.data, *pointer)
    if isinstance(name, str) and name:
        yield Reference(pointer, group, kind, name, str(pointer[4]))


def _services(item: KubeObject) -> list[str]:
    names = (at(item.data, *_CANARY, field) for field in ("stableService", "canaryService"))
    return [name for name in names if isinstance(name, str) and name]


def _lacking(item: KubeObject, found: KubeObject, what: str, has: list[Any], pointer: Pointer) -> Iterator[Finding]:
    missing = [name for name in _services(item) if name not in has]
    if missing:
        message = f"{what} does not send to {listed(missing)} of {item.title}"
        hint = "add it as a backend, with weight 0 for the canary"
        yield Finding(pointer, message, hint, at_fault=found)


def _traefik(item: KubeObject, found: KubeObject, objects: Objects) -> Iterator[Finding]:
    has = [service.get("name") for _, service in maps(at(found.spec, "weighted", "services"))]
    pointer: Pointer = ("spec", "weighted", "services")
    yield from _lacking(
        item, found, found.title, has, pointer if at(found.data, *pointer) is not None else ("spec", "weighted")
    )


def _apisix(item: KubeObject, found: KubeObject, objects: Objects) -> Iterator[Finding]:
    route: Pointer = (*_ROUTING, "apisix", "route")
    by_name = {str(rule.get("name")): (index, rule) for index, rule in maps(found.spec.get("http"))}
    wanted = [((*route, "rules", index), rule) for index, rule in texts(at(item.data, *route, "rules"))]
    for here, name in wanted or [((*route, "name"), found.name)]:
        if name not in by_name:
            yield Finding(here, f"{found.title} has no rule `{name}`", suggestion(name, by_name, "list one under `rules`"))
            continue
        index, rule = by_name[name]
        has = [backend.get("serviceName") for _, backend in maps(rule.get("backends"))]
        yield from _lacking(item, found, f"{found.title}: rule `{name}`", has, ("spec", "http", index, "backends"))


def _mapping(item: KubeObject, found: KubeObject, objects: Objects) -> Iterator[Finding]:
    if found.spec.get("weight"):
        message = f"{found.title} sets a weight, which only the controller of {item.title} may set"
        yield Finding(("spec", "weight"), message, "remove it", at_fault=found)
    stable = at(item.data, *_CANARY, "stableService")
    for backend in backends.of(found):
        if isinstance(stable, str) and stable and backend.name != stable:
            message = f"{found.title} sends to `{backend.name}`, but the stable Service of {item.title} is `{stable}`"
            yield Finding(backend.pointer, message, f"send it to {stable}", at_fault=found)


def _app_mesh(item: KubeObject, found: KubeObject, objects: Objects) -> Iterator[Finding]:
    by_router = [backend for backend in backends.of(found) if backend.kind[1] == "VirtualRouter"]
    if not by_router:
        message = f"{found.title} is not served by a VirtualRouter, so {item.title} cannot split it"
        yield Finding(("spec", "provider"), message, "use a VirtualRouter with two weighted targets", at_fault=found)
        return
    router = objects.referred(by_router[0].reference, found)
    if router is None:
        return
    routes_of = list(maps(router.spec.get("routes")))
    wanted = list(texts(at(item.data, *_APP_MESH, "virtualService", "routes")))
    known = [str(route.get("name")) for _, route in routes_of]
    for index, name in wanted:
        if name not in known:
            hint = suggestion(name, known, "use the name of an existing route")
            pointer = (*_APP_MESH, "virtualService", "routes", index)
            yield Finding(pointer, f"{router.title} has no route `{name}`", hint)
    if not routes_of:
        yield Finding(("spec",), f"{router.title} has no routes for {item.title}", "add one", at_fault=router)
    managed = [name for _, name in wanted]
    for index, route in routes_of:
        yield from _targets(item, router, index, managed=not managed or route.get("name") in managed)


def _targets(item: KubeObject, router: KubeObject, index: int, *, managed: bool) -> Iterator[Finding]:
    """Yield the problems of a route's targets: it must have two, and a managed one must have those of the strategy."""
    route, pointer = at(router.spec, "routes", index), ("spec", "routes", index)
    name = route.get("name")
    targets = [list(maps(at(part, "action", "weightedTargets"))) for part in route.values()]
    if all(len(found) != 2 for found in targets):
        message = f"{router.title}: route `{name}` does not have two weighted targets"
        hint = "add one for the stable and one for the canary VirtualNode"
        yield Finding(pointer, message, hint, at_fault=router)
        return
    has = [at(target, "virtualNodeRef", "name") for found in targets for _, target in found]
    nodes = [at(item.data, *_APP_MESH, *node) for node in _NODES]
    missing = [node for node in nodes if isinstance(node, str) and node and node not in has]
    if managed and missing:
        message = f"{router.title}: route `{name}` does not send to {listed(missing)} of {item.title}"
        yield Finding(pointer, message, "target the VirtualNodes that the strategy names", at_fault=router)


_CHECKS = {"TraefikService": _traefik, "ApisixRoute": _apisix, "Mapping": _mapping, "VirtualService": _app_mesh}
"""The check for each kind of route that a strategy can name."""
