"""Where routes send traffic: the backends of every kind of route, and the Services that they mean.

Sources: the APIs of Ingress, Gateway API, Istio, Traefik, APISIX, Ambassador, App Mesh and SMI.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, Reference, at, maps
from generator.syntax.named_tuples import NamedTuple

GATEWAY = "gateway.networking.k8s.io"
ISTIO = "networking.istio.io"
TRAEFIK = ("traefik.io", "traefik.containo.us")
APISIX = "apisix.apache.org"
AMBASSADOR = "getambassador.io"
APP_MESH = "appmesh.k8s.aws"
SMI = "split.smi-spec.io"

USE_ANNOTATION = "use-annotation"
"""The port name by which an ALB Ingress says that an annotation tells where the traffic goes."""

SERVICE = ("", "Service")


class Backend(NamedTuple):
    """One place that a route sends traffic to."""

    pointer: Pointer
    """Where the name stands."""
    name: str
    port: int | str | None = None
    """The port of the Service by number or name; None where it is not said."""
    port_at: Pointer = ()
    subset: str = ""
    """Istio: the subset of a DestinationRule."""
    namespace: str = ""
    """The namespace that it is said to be in; empty for that of the route."""
    kind: tuple[str, str] = SERVICE
    """API group and kind of what is named: a Service, or another route."""
    certain: bool = True
    """False for a host such as `a.b`, which is a Service only if there is a namespace of that name."""

    @property
    def reference(self) -> Reference:
        """The reference that the route makes: this object must exist."""
        return Reference(self.pointer, *self.kind, self.name, str(self.pointer[-1]), namespace=self.namespace)


def of(item: KubeObject) -> Iterator[Backend]:
    """Yield the backends of a route, of any kind; none for other kinds, or for external hosts."""
    find = _BY_KIND.get((item.group, item.kind))
    if find is not None:
        yield from find(item)


def service_of(host: Any) -> tuple[str, str] | None:
    """Return the name and the namespace, if it says one, of the Service that a host means; None for others.

    `name`, `name.namespace` and `name.namespace.svc.cluster.local` are Services. One with a single dot may
    as well be a host outside: only who knows the namespaces can tell.
    """
    labels = host.split(".") if isinstance(host, str) and host and "*" not in host else []
    if not labels or (len(labels) > 2 and labels[2] != "svc"):
        return None
    return labels[0], labels[1] if len(labels) > 1 else ""


def service_ports(service: KubeObject) -> list[tuple[Any, str]]:
    """Return (number, name) of every port of a Service."""
    return [(port.get("port"), str(port.get("name") or "")) for _, port in maps(service.spec.get("ports"))]


def number_of(port: str) -> int | None:
    """Return the port number in a string; None if it is not a valid port."""
    return int(port) if port.isdecimal() and len(port) <= 5 else None


def is_outside(host: Any, objects: Objects) -> bool:
    """Tell whether a ServiceEntry declares a mesh host outside the cluster's Services."""
    return isinstance(host, str) and host in objects.once("hosts of service entries", _entered)


def _entered(objects: Objects) -> set[str]:
    lists = [entry.spec.get("hosts") for entry in objects.of(ISTIO, "ServiceEntry")]
    return {host for hosts in lists if isinstance(hosts, list) for host in hosts if isinstance(host, str)}


def _port(value: Any) -> int | str | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) and value != "" else None


def _named(
    part: Any, pointer: Pointer, kind: tuple[str, str] = SERVICE, *, name: str = "name", port: str = "port"
) -> Iterator[Backend]:
    """Yield the backend that a map names, with its namespace and its port where it has them."""
    if isinstance(part, dict) and isinstance(part.get(name), str) and part[name]:
        namespace = part.get("namespace")
        where = namespace if isinstance(namespace, str) else ""
        yield Backend((*pointer, name), part[name], _port(part.get(port)), (*pointer, port), namespace=where, kind=kind)


def _at_host(host: Any, pointer: Pointer, port: Any = None, port_at: Pointer = (), subset: Any = None) -> Iterator[Backend]:
    service = service_of(host)
    if service is not None:
        named, certain = subset if isinstance(subset, str) else "", str(host).count(".") != 1
        yield Backend(pointer, service[0], _port(port), port_at, named, service[1], certain=certain)


def _ingress(item: KubeObject) -> Iterator[Backend]:
    yield from _ingress_backend(at(item.spec, "defaultBackend", "service"), ("spec", "defaultBackend", "service"))
    for index, rule in maps(item.spec.get("rules")):
        for number, path in maps(at(rule, "http", "paths")):
            pointer: Pointer = ("spec", "rules", index, "http", "paths", number, "backend", "service")
            yield from _ingress_backend(at(path, "backend", "service"), pointer)
            yield from _named(at(path, "backend"), pointer[:-1], name="serviceName", port="servicePort")  # before v1


def _ingress_backend(service: Any, pointer: Pointer) -> Iterator[Backend]:
    port = at(service, "port")
    field = "name" if isinstance(port, dict) and "name" in port else "number"
    for backend in _named(service, pointer):
        yield backend._replace(port=_port(at(port, field)), port_at=(*pointer, "port", field), namespace="")


def _gateway_route(item: KubeObject) -> Iterator[Backend]:
    for index, rule in maps(item.spec.get("rules")):
        pointer: Pointer = ("spec", "rules", index)
        yield from _mirrors(rule, pointer)
        for number, reference in maps(rule.get("backendRefs")):
            here: Pointer = (*pointer, "backendRefs", number)
            yield from _gateway_backend(reference, here)
            yield from _mirrors(reference, here)


def _mirrors(part: dict[str, Any], pointer: Pointer) -> Iterator[Backend]:
    for number, one in maps(part.get("filters")):
        mirror = at(one, "requestMirror", "backendRef")
        yield from _gateway_backend(mirror, (*pointer, "filters", number, "requestMirror", "backendRef"))


def _gateway_backend(reference: Any, pointer: Pointer) -> Iterator[Backend]:
    if at(reference, "kind") in (None, "Service") and not at(reference, "group"):
        yield from _named(reference, pointer)


def _virtual_service(item: KubeObject) -> Iterator[Backend]:
    for protocol in ("http", "tls", "tcp"):
        for index, route in maps(item.spec.get(protocol)):
            pointer: Pointer = ("spec", protocol, index)
            for list_name in ("route", "mirrors"):
                for number, part in maps(route.get(list_name)):
                    yield from _destination(part.get("destination"), (*pointer, list_name, number, "destination"))
            yield from _destination(route.get("mirror"), (*pointer, "mirror"))


def _destination(destination: Any, pointer: Pointer) -> Iterator[Backend]:
    port, port_at = at(destination, "port", "number"), (*pointer, "port", "number")
    yield from _at_host(at(destination, "host"), (*pointer, "host"), port, port_at, at(destination, "subset"))


def _traefik_service(item: KubeObject) -> Iterator[Backend]:
    yield from _traefik_backend(item, item.spec.get("mirroring"), ("spec", "mirroring"))
    for field, list_name in (("weighted", "services"), ("mirroring", "mirrors")):
        for index, service in maps(at(item.spec, field, list_name)):
            yield from _traefik_backend(item, service, ("spec", field, list_name, index))


def _traefik_backend(item: KubeObject, service: Any, pointer: Pointer) -> Iterator[Backend]:
    kind = at(service, "kind") or "Service"
    if kind not in ("Service", "TraefikService"):
        return
    for backend in _named(service, pointer, SERVICE if kind == "Service" else (item.group, kind)):
        if "@" not in backend.name:  # one of another provider of Traefik: api@internal
            yield backend


def _ingress_route(item: KubeObject) -> Iterator[Backend]:
    for index, route in maps(item.spec.get("routes")):
        for number, service in maps(route.get("services")):
            yield from _traefik_backend(item, service, ("spec", "routes", index, "services", number))


def _apisix_route(item: KubeObject) -> Iterator[Backend]:
    for index, rule in maps(item.spec.get("http")):
        for number, backend in maps(rule.get("backends")):
            yield from _named(backend, ("spec", "http", index, "backends", number), name="serviceName", port="servicePort")
    for index, rule in maps(item.spec.get("stream")):
        yield from _named(rule.get("backend"), ("spec", "stream", index, "backend"), name="serviceName", port="servicePort")


def _mapping(item: KubeObject) -> Iterator[Backend]:
    """Yield the Service of a Mapping: `[scheme://]host[:port]`, at port 80 or 443 where it says none."""
    service = item.spec.get("service")
    scheme, found, rest = service.partition("://") if isinstance(service, str) else ("", "", "")
    host, _, port = (rest if found else scheme).partition(":")
    usual = 443 if (found and scheme == "https") or item.spec.get("tls") else 80
    number = number_of(port) if port or item.spec.get("resolver") else usual
    yield from _at_host(host, ("spec", "service"), number, ("spec", "service"))


def _virtual_node(item: KubeObject) -> Iterator[Backend]:
    pointer: Pointer = ("spec", "serviceDiscovery", "dns", "hostname")
    yield from _at_host(at(item.data, *pointer), pointer)


def _virtual_router(item: KubeObject) -> Iterator[Backend]:
    for index, route in maps(item.spec.get("routes")):
        for field, part in route.items():
            for number, target in maps(at(part, "action", "weightedTargets")):
                pointer: Pointer = ("spec", "routes", index, field, "action", "weightedTargets", number, "virtualNodeRef")
                yield from _named(target.get("virtualNodeRef"), pointer, (APP_MESH, "VirtualNode"))


def _app_mesh_service(item: KubeObject) -> Iterator[Backend]:
    for field, kind in (("virtualRouter", "VirtualRouter"), ("virtualNode", "VirtualNode")):
        pointer: Pointer = ("spec", "provider", field, f"{field}Ref")
        yield from _named(at(item.data, *pointer), pointer, (APP_MESH, kind))


def _traffic_split(item: KubeObject) -> Iterator[Backend]:
    yield from _named(item.spec, ("spec",), name="service")
    for index, backend in maps(item.spec.get("backends")):
        yield from _named(backend, ("spec", "backends", index), name="service")


_BY_KIND: dict[tuple[str, str], Callable[[KubeObject], Iterator[Backend]]] = {
    ("networking.k8s.io", "Ingress"): _ingress,
    (ISTIO, "VirtualService"): _virtual_service,
    (APISIX, "ApisixRoute"): _apisix_route,
    (AMBASSADOR, "Mapping"): _mapping,
    (AMBASSADOR, "TCPMapping"): _mapping,
    (APP_MESH, "VirtualNode"): _virtual_node,
    (APP_MESH, "VirtualRouter"): _virtual_router,
    (APP_MESH, "VirtualService"): _app_mesh_service,
    (SMI, "TrafficSplit"): _traffic_split,
    **{(GATEWAY, kind): _gateway_route for kind in ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")},
    **{(group, "TraefikService"): _traefik_service for group in TRAEFIK},
    **{(group, f"IngressRoute{kind}"): _ingress_route for group in TRAEFIK for kind in ("", "TCP", "UDP")},
}

ROUTES = tuple(_BY_KIND)
"""Every kind of route that is known."""
