"""The rule TP639, routes-apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.backends import GATEWAY
from generator.kubernetes.objects import KubeObject, Objects, at, maps, texts
from generator.kubernetes.reading import MOST
from generator.lint.rules.rule import Finding

_INGRESS, _ROUTE = ("networking.k8s.io", "Ingress"), (GATEWAY, "HTTPRoute")
_OWN_BALANCERS = ("alb", "gce")
"""Classes of which each Ingress may be a load balancer of its own."""
_CANARY = "nginx.ingress.kubernetes.io/canary"
_CLASS = "kubernetes.io/ingress.class"


class _Path(NamedTuple):
    """What requests are routed by."""

    through: str
    """The class of an Ingress, or the Gateway of a route."""
    host: str
    path: str
    type: str


_OF_PATH = 50
"""Values that a path counts for: a route has as many as its matches, hosts and parents multiplied."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Two routes should not take the same host and path.

    The admission webhook of ingress-nginx refuses the second Ingress; elsewhere the older one takes all requests.
    The same holds for HTTPRoutes of one Gateway. The canary Ingress of nginx is meant to be a second one.
    Wrong:
        kind: Ingress
        metadata: {name: web}
        spec: {rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix}]}}]}
        ---
        kind: Ingress
        metadata: {name: web-old}
        spec: {rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix}]}}]}
    Right:
        kind: Ingress
        metadata: {name: web}
        spec: {rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix}]}}]}
        ---
        kind: Ingress
        metadata: {name: web-old}
        spec: {rules: [{host: a.example.com, http: {paths: [{path: /old, pathType: Prefix}]}}]}
    Source: ingress-nginx, docs/how-it-works.md; gateway-api.sigs.k8s.io, HTTPRoute (matches); ingress-nginx issues 8216, 8972
    """
    taken = objects.once("hosts and paths", _taken)
    for pointer, path in _paths(item, objects):
        objects.reading.pay(_OF_PATH)
        first = taken.get(path, item)
        if first is not item and (first.name, objects.namespace_of(first)) != (item.name, objects.namespace_of(item)):
            message = f"{first.title} already takes `{path.host}{path.path}`, so {item.title} gets no requests, or is refused"
            yield Finding(pointer, message, "use a different host or path, or one route for both")


def _taken(objects: Objects) -> dict[_Path, KubeObject]:
    found: dict[_Path, KubeObject] = {}
    every = ((path, item) for item in (*objects.of(*_INGRESS), *objects.of(*_ROUTE)) for _, path in _paths(item, objects))
    for path, item in islice(every, MOST // _OF_PATH):
        found.setdefault(path, item)
    return found


def _paths(item: KubeObject, objects: Objects) -> Iterator[tuple[Pointer, _Path]]:
    return _of_ingress(item) if item.kind == "Ingress" else _of_route(item, objects)


def _of_ingress(item: KubeObject) -> Iterator[tuple[Pointer, _Path]]:
    through = str(item.spec.get("ingressClassName") or item.annotations.get(_CLASS) or "")
    if through.startswith(_OWN_BALANCERS) or str(item.annotations.get(_CANARY)).lower() == "true":
        return
    for index, rule in maps(item.spec.get("rules")):
        host = rule.get("host")
        for number, path in maps(at(rule, "http", "paths")):
            if isinstance(host, str) and host:
                here: Pointer = ("spec", "rules", index, "http", "paths", number)
                yield here, _Path(through, host, str(path.get("path") or "/"), str(path.get("pathType")))


def _of_route(item: KubeObject, objects: Objects) -> Iterator[tuple[Pointer, _Path]]:
    parents = [parent for _, parent in maps(item.spec.get("parentRefs"))]
    own = objects.namespace_of(item)
    for index, rule in maps(item.spec.get("rules")):
        matches = list(maps(rule.get("matches")))
        for number, match in matches:
            if set(match) - {"path"}:
                continue  # headers, methods and parameters tell requests apart
            path = at(match, "path")
            value, kind = at(path, "value") or "/", at(path, "type") or "PathPrefix"
            for parent in parents:
                gateway = f"{parent.get('namespace') or own}/{parent.get('name')}/{parent.get('sectionName')}"
                for _, host in texts(item.spec.get("hostnames")):
                    yield ("spec", "rules", index, "matches", number), _Path(gateway, host, str(value), str(kind))
