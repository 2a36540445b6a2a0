"""The rule TP624, controller-objects-absent."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes import backends
from generator.kubernetes.objects import KubeObject, Objects, at, maps, texts
from generator.lint.rules.between import istio_routes_canary
from generator.lint.rules.rule import Finding

_ROUTING: Pointer = ("spec", "strategy", "canary", "trafficRouting")
_LONGEST = {"Ingress": 253 - len("-canary"), "Mapping": 246}
"""How much of a name the controller keeps before it adds `-canary`."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Objects that the controller creates must not be in Git.

    It creates the Ingress `<rollout>-<ingress>-canary` for nginx, `<mapping>-canary` for Ambassador, the
    TrafficSplit for SMI, and an ApisixRoute with the name of a header route for APISIX. It does not change an
    object that it does not own, so the weights never move, and Argo CD would reset them at each sync. It adds
    the routes in managedRoutes to a VirtualService before a release, and removes them afterwards.
    Wrong:
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy: {canary: {trafficRouting: {nginx: {stableIngress: main}}}}
        ---
        kind: Ingress
        metadata: {name: web-main-canary}
    Right:
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy: {canary: {trafficRouting: {nginx: {stableIngress: main}}}}
        ---
        kind: Ingress
        metadata: {name: main}
    Source: argo-rollouts, rollout/trafficrouting (nginx, ambassador, smi, apisix); utils/ingress/ingress.go
    """
    for group, kind, name in _made(item):
        found = objects.find(group, kind, name, item)
        if found is not None:
            message = f"{found.title} is created by the controller for {item.title}"
            hint = "remove it: the controller creates it"
            yield Finding(("metadata", "name"), message, hint, at_fault=found)
    managed = [route.get("name") for _, route in maps(at(item.data, *_ROUTING, "managedRoutes"))]
    for reference in istio_routes_canary.referred(item) if managed else ():
        found = objects.referred(reference, item)
        for index, route in maps(found.spec.get("http")) if found else ():
            if found and route.get("name") and route["name"] in managed:
                message = f"the controller of {item.title} removes route `{route['name']}` when a release ends"
                hint = "remove it: the controller creates the routes in managedRoutes"
                yield Finding(("spec", "http", index, "name"), message, hint, at_fault=found)


def _made(item: KubeObject) -> Iterator[tuple[str, str, str]]:
    routing = at(item.data, *_ROUTING)
    nginx = [at(routing, "nginx", "stableIngress"), *(name for _, name in texts(at(routing, "nginx", "stableIngresses")))]
    for name in nginx:
        if isinstance(name, str) and name:
            yield "networking.k8s.io", "Ingress", f"{item.name}-{name}"[: _LONGEST["Ingress"]] + "-canary"
    for _, name in texts(at(routing, "ambassador", "mappings")):
        yield backends.AMBASSADOR, "Mapping", name[: _LONGEST["Mapping"]] + "-canary"
    if isinstance(at(routing, "smi"), dict):
        yield backends.SMI, "TrafficSplit", str(at(routing, "smi", "trafficSplitName") or item.name)
    if isinstance(at(routing, "apisix"), dict):
        for _, step in maps(at(item.spec, "strategy", "canary", "steps")):
            name = at(step, "setHeaderRoute", "name")
            if isinstance(name, str) and name:
                yield backends.APISIX, "ApisixRoute", name
