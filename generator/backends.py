"""Where routes send traffic: the backends of every kind of route, and the Services that they mean.

Sources: the APIs of Ingress, Gateway API, Istio, Traefik, APISIX, Ambassador, App Mesh and SMI.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.objects import KubeObject, Objects, at, maps

GATEWAY = "gateway.networking.k8s.io"
ISTIO = "networking.istio.io"
TRAEFIK = ("traefik.io", "traefik.containo.us")
APISIX = "apisix.apache.org"
AMBASSADOR = "getambassador.io"
APP_MESH = "appmesh.k8s.aws"
SMI = "split.smi-spec.io"

USE_ANNOTATION = "use-annotation"
"""The port name by which an ALB Ingress says that an annotation tells where the traffic goes."""


class Backend(NamedTuple):
    """One place that a route sends traffic to."""

    pointer: Pointer
    """Where the name of the Service stands."""
    service: str
    port: int | str | None
    """The port of the Service by number or name; None where it is not said."""
    port_at: Pointer = ()
    subset: str = ""
    """Istio: the subset of a DestinationRule."""


def of(item: KubeObject) -> Iterator[Backend]:
    """Yield the backends of a route, of any kind; nothing for what is no route, and for hosts outside."""
    find = _BY_KIND.get((item.group, item.kind))
    if find is not None:
        yield from find(item)


def _ingress(item: KubeObject) -> Iterator[Backend]:
    default = at(item.spec, "defaultBackend", "service")
    if isinstance(default, dict):
        yield from _ingress_backend(default, ("spec", "defaultBackend", "service"))
    for index, rule in maps(item.spec.get("rules")):
        for number, path in maps(at(rule, "http", "paths")):
            service = at(path, "backend", "service")
            if isinstance(service, dict):
                yield from _ingress_backend(service, ("spec", "rules", index, "http", "paths", number, "backend", "service"))


def _ingress_backend(service: dict[str, Any], pointer: Pointer) -> Iterator[Backend]:
    port = service.get("port")
    port = port if isinstance(port, dict) else {}
    field = "name" if "name" in port else "number"
    if isinstance(service.get("name"), str):
        yield Backend((*pointer, "name"), service["name"], _port(port.get(field)), (*pointer, "port", field))


def _gateway_route(item: KubeObject) -> Iterator[Backend]:
    for index, rule in maps(item.spec.get("rules")):
        pointer: Pointer = ("spec", "rules", index)
        for number, reference in maps(rule.get("backendRefs")):
            yield from _gateway_backend(item, reference, (*pointer, "backendRefs", number))
        for number, part in maps(rule.get("filters")):
            mirror = at(part, "requestMirror", "backendRef")
            if isinstance(mirror, dict):
                yield from _gateway_backend(item, mirror, (*pointer, "filters", number, "requestMirror", "backendRef"))


def _gateway_backend(item: KubeObject, reference: dict[str, Any], pointer: Pointer) -> Iterator[Backend]:
    elsewhere = reference.get("namespace") not in (None, item.namespace or None)
    if reference.get("kind") not in (None, "Service") or reference.get("group") or elsewhere:
        return
    if isinstance(reference.get("name"), str):
        yield Backend((*pointer, "name"), reference["name"], _port(reference.get("port")), (*pointer, "port"))


def _virtual_service(item: KubeObject) -> Iterator[Backend]:
    for protocol in ("http", "tls", "tcp"):
        for index, route in maps(item.spec.get(protocol)):
            pointer: Pointer = ("spec", protocol, index)
            for number, part in maps(route.get("route")):
                yield from _destination(item, part.get("destination"), (*pointer, "route", number, "destination"))
            yield from _destination(item, route.get("mirror"), (*pointer, "mirror"))
            for number, part in maps(route.get("mirrors")):
                yield from _destination(item, part.get("destination"), (*pointer, "mirrors", number, "destination"))


def _destination(item: KubeObject, destination: Any, pointer: Pointer) -> Iterator[Backend]:
    if not isinstance(destination, dict):
        return
    name = near_name(destination.get("host"), item)
    if name:
        port = at(destination, "port", "number")
        subset = destination.get("subset")
        yield Backend(
            (*pointer, "host"), name, _port(port), (*pointer, "port", "number"), subset if isinstance(subset, str) else ""
        )


def near_name(host: Any, item: KubeObject) -> str:
    """Return the Service of this namespace that a host of Istio means; empty for any other host.

    `name`, `name.namespace`, `name.namespace.svc` and `name.namespace.svc.cluster.local` are Services;
    without knowing the namespace, one with a dot may be another's.
    """
    if not isinstance(host, str) or not host:
        return ""
    name, *rest = host.split(".")
    if not rest:
        return name
    return name if item.namespace and rest[0] == item.namespace and rest[1:2] in ([], ["svc"]) else ""


def _traefik_service(item: KubeObject) -> Iterator[Backend]:
    for field in ("weighted", "mirroring"):
        part = item.spec.get(field)
        if field == "mirroring" and isinstance(part, dict):
            yield from _traefik_backend(item, part, ("spec", field))
        for list_name in ("services", "mirrors"):
            for index, service in maps(at(part, list_name)):
                yield from _traefik_backend(item, service, ("spec", field, list_name, index))


def _traefik_backend(item: KubeObject, service: dict[str, Any], pointer: Pointer) -> Iterator[Backend]:
    elsewhere = service.get("namespace") not in (None, item.namespace or None)
    if service.get("kind") in (None, "Service") and isinstance(service.get("name"), str) and not elsewhere:
        yield Backend((*pointer, "name"), service["name"], _port(service.get("port")), (*pointer, "port"))


def _ingress_route(item: KubeObject) -> Iterator[Backend]:
    for index, route in maps(item.spec.get("routes")):
        for number, service in maps(route.get("services")):
            yield from _traefik_backend(item, service, ("spec", "routes", index, "services", number))


def _apisix_route(item: KubeObject) -> Iterator[Backend]:
    for protocol in ("http", "stream"):
        for index, rule in maps(item.spec.get(protocol)):
            for number, backend in maps(rule.get("backends")):
                name, pointer = backend.get("serviceName"), ("spec", protocol, index, "backends", number)
                if isinstance(name, str):
                    yield Backend((*pointer, "serviceName"), name, _port(backend.get("servicePort")), (*pointer, "servicePort"))


def _mapping(item: KubeObject) -> Iterator[Backend]:
    service = item.spec.get("service")
    if isinstance(service, str) and "://" not in service:
        host, _, port = service.partition(":")
        name = near_name(host, item)
        if name:
            yield Backend(("spec", "service"), name, int(port) if port.isdigit() else None, ("spec", "service"))


def _virtual_node(item: KubeObject) -> Iterator[Backend]:
    name = at(item.spec, "serviceDiscovery", "dns", "hostname")
    if isinstance(name, str) and item.namespace:
        near = near_name(name, item)
        if near:
            yield Backend(("spec", "serviceDiscovery", "dns", "hostname"), near, None)


def _traffic_split(item: KubeObject) -> Iterator[Backend]:
    if isinstance(item.spec.get("service"), str):
        yield Backend(("spec", "service"), item.spec["service"], None)
    for index, backend in maps(item.spec.get("backends")):
        if isinstance(backend.get("service"), str):
            yield Backend(("spec", "backends", index, "service"), backend["service"], None)


_BY_KIND: dict[tuple[str, str], Callable[[KubeObject], Iterator[Backend]]] = {
    ("networking.k8s.io", "Ingress"): _ingress,
    (ISTIO, "VirtualService"): _virtual_service,
    (APISIX, "ApisixRoute"): _apisix_route,
    (AMBASSADOR, "Mapping"): _mapping,
    (APP_MESH, "VirtualNode"): _virtual_node,
    (SMI, "TrafficSplit"): _traffic_split,
    **{(GATEWAY, kind): _gateway_route for kind in ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")},
    **{(group, "TraefikService"): _traefik_service for group in TRAEFIK},
    **{(group, kind): _ingress_route for group in TRAEFIK for kind in ("IngressRoute", "IngressRouteTCP")},
}

ROUTES = tuple(_BY_KIND)
"""Every kind of route that is known."""


def _port(value: Any) -> int | str | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) and value != "" else None


def service_ports(service: KubeObject) -> list[tuple[Any, str]]:
    """Return (number, name) of every port of a Service."""
    return [(port.get("port"), str(port.get("name") or "")) for _, port in maps(service.spec.get("ports"))]


def service_named(name: str, near: KubeObject, objects: Objects) -> KubeObject | None:
    """Return a Service by its name; None if it is not here."""
    return objects.find("", "Service", name, near)
