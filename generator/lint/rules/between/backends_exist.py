"""The rule TP618, backends-exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.diagnostics import Severity
from generator.kubernetes import backends, subsets
from generator.kubernetes.backends import Backend, number_of, service_ports
from generator.kubernetes.objects import KubeObject, Objects, Reference, at
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
            yield from _port(item, backend, target, _ports_of(target, objects))
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


class _Ports(NamedTuple):
    """The ports of a Service, read once for all that send to it."""

    numbers: frozenset[int]
    names: frozenset[str]
    said: str


def _ports_of(service: KubeObject, objects: Objects) -> _Ports:
    kept: dict[int, _Ports] = objects.once("ports of services", lambda _: {})
    if id(service) not in kept:
        ports = service_ports(service)
        said = listed(f"{number} ({name})" if name else f"{number}" for number, name in ports) if ports else ""
        numbers = frozenset(number for number, _ in ports if isinstance(number, int))
        kept[id(service)] = _Ports(numbers, frozenset(name for _, name in ports), said)
    return kept[id(service)]


def _port(item: KubeObject, backend: Backend, service: KubeObject, ports: _Ports) -> Iterator[Finding]:
    if not ports.said:
        return
    if backend.port is None:
        if item.group == backends.GATEWAY:
            message = f"{item.title} sends to {service.title} without a port"
            yield Finding(backend.pointer, message, f"add a port of the Service: it has {ports.said}")
    elif backend.port not in (ports.names if isinstance(backend.port, str) else ports.numbers):
        message = f"{item.title} sends to port {backend.port} of {service.title}, which has {ports.said}"
        yield Finding(backend.port_at, message, _hint(backend.port, ports))


def _hint(port: int | str, ports: _Ports) -> str:
    if isinstance(port, int):
        return "send to a port of the Service"
    if number_of(port) in ports.numbers:
        return f"write {port} as a number, not as a name"
    return suggestion(port, (name for name in ports.names if name), "send to a port of the Service")


def _subset(item: KubeObject, backend: Backend, objects: Objects) -> Iterator[Finding]:
    rules, namespace = subsets.of(objects), backend.namespace or objects.namespace_of(item)
    titles = rules.titles(backend.name, namespace)
    if rules.have(backend.name, namespace, backend.subset) or not (titles or objects.complete):
        return
    message = f"{item.title} sends to subset `{backend.subset}` of {backend.name}, which " + (
        f"{titles} does not have" if titles else "no DestinationRule has"
    )
    hint = suggestion(backend.subset, rules.known(backend.name, namespace), "add the subset to the DestinationRule")
    yield Finding((*backend.pointer[:-1], "subset"), message, hint)
