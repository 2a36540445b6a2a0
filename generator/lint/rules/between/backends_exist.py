"""The rule TP618, backends-exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes import backends
from generator.kubernetes.backends import Backend, number_of, service_of, service_ports
from generator.kubernetes.objects import KubeObject, Objects, Reference, at, maps
from generator.kubernetes.pod_index import has_operator
from generator.lint.rules.rule import Finding
from generator.syntax.wording import closest, listed, slip, suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Every backend of a route must be a Service that exists, at a port that it has.

    A request to a missing backend gets a 503 or 404, and only the share of requests that the weights send
    there. Not checked: hosts outside the cluster, hosts of a ServiceEntry, Services in other namespaces, and
    names unlike any known one if an operator may create the Service. In a set that may be a part, a name unlike any
    known one is a note.
    Wrong:
        kind: HTTPRoute
        spec: {rules: [{backendRefs: [{name: web, port: 8080}]}]}
        ---
        kind: Service
        spec: {ports: [{port: 80}]}
    Right:
        kind: HTTPRoute
        spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}
        ---
        kind: Service
        spec: {ports: [{port: 80}]}
    Source: kubernetes.io/docs/concepts/services-networking/ingress, gateway-api.sigs.k8s.io, istio.io
    """
    for backend in backends.of(item):
        if backend.port == backends.USE_ANNOTATION:
            continue  # it names an action of an annotation, and no Service
        if item.group == backends.ISTIO and backends.is_outside(at(item.data, *backend.pointer), objects):
            continue
        target = objects.referred(backend.reference, item)
        if target is None:
            yield from _missing(item, backend, objects)
        elif backend.kind == backends.SERVICE:
            yield from _port(item, backend, target)
            if backend.subset:
                yield from _subset(item, backend, objects)


def named(item: KubeObject) -> Iterator[Reference]:
    """Yield the Services and routes that a route sends to, except hosts that may be outside the cluster."""
    for backend in backends.of(item):
        if backend.port != backends.USE_ANNOTATION and (backend.certain or backend.namespace == item.namespace):
            yield backend.reference


def _missing(item: KubeObject, backend: Backend, objects: Objects) -> Iterator[Finding]:
    kind = backend.kind[1]
    for _, known in objects.missing([backend.reference], item):
        if slip(backend.name, known) or backend.kind != backends.SERVICE or not has_operator(item, objects):
            message = f"{item.title} sends to {kind} `{backend.name}`, which does not exist"
            hint = suggestion(backend.name, known, f"use the name of an existing {kind}")
            sure = objects.complete or backend.kind != backends.SERVICE or closest(backend.name, known)
            yield Finding(backend.pointer, message, hint, severity=None if sure else Severity.NOTE)


def _port(item: KubeObject, backend: Backend, service: KubeObject) -> Iterator[Finding]:
    ports = service_ports(service)
    if not ports:
        return
    has = listed(f"{number} ({name})" if name else f"{number}" for number, name in ports)
    if backend.port is None:
        if item.group == backends.GATEWAY:
            message = f"{item.title} sends to {service.title} without a port"
            yield Finding(backend.pointer, message, f"add a port of the Service: it has {has}")
        return
    by_name = isinstance(backend.port, str)
    known = [name if by_name else number for number, name in ports]
    if backend.port not in known:
        message = f"{item.title} sends to port {backend.port} of {service.title}, which has {has}"
        yield Finding(backend.port_at, message, _hint(backend.port, ports))


def _hint(port: int | str, ports: list[tuple[object, str]]) -> str:
    if isinstance(port, int):
        return "send to a port of the Service"
    if number_of(port) in [number for number, _ in ports]:
        return f"write {port} as a number, not as a name"
    return suggestion(port, [name for _, name in ports if name], "send to a port of the Service")


def _subset(item: KubeObject, backend: Backend, objects: Objects) -> Iterator[Finding]:
    rules = [rule for rule in objects.of(backends.ISTIO, "DestinationRule") if _is_about(rule, item, backend, objects)]
    known = [str(subset.get("name")) for rule in rules for _, subset in maps(rule.spec.get("subsets"))]
    if backend.subset in known or not (rules or objects.complete):
        return
    message = f"{item.title} sends to subset `{backend.subset}` of {backend.name}, which " + (
        f"{listed(rule.title for rule in rules)} does not have" if rules else "no DestinationRule has"
    )
    hint = suggestion(backend.subset, known, "add the subset to the DestinationRule")
    yield Finding((*backend.pointer[:-1], "subset"), message, hint)


def _is_about(rule: KubeObject, item: KubeObject, backend: Backend, objects: Objects) -> bool:
    """Tell whether a DestinationRule applies, or may apply, to the Service of a backend."""
    host = rule.spec.get("host")
    if isinstance(host, str) and "*" in host:
        return True
    service = service_of(host)
    if service is None or service[0] != backend.name:
        return False
    spaces = {service[1] or objects.namespace_of(rule), backend.namespace or objects.namespace_of(item)}
    return len(spaces - {""}) < 2
