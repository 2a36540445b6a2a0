"""The rule MR618, backends-exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator import backends
from generator.backends import Backend, service_ports
from generator.diagnostics import Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, Reference, maps
from generator.wording import listed, suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """Every backend of a route must be a Service that exists, at a port that it has.

    A route to nowhere answers 503 or 404, and only to those whom the weights send there.
    Source: kubernetes.io/docs/concepts/services-networking/ingress, gateway-api.sigs.k8s.io, istio.io
    """
    for reference, known in objects.missing(services(item), item):
        hint = suggestion(reference.name, known, "name a Service that there is")
        message = f"{item.title} sends to the Service `{reference.name}`, which there is not"
        yield ObjectFinding(reference.pointer, message, hint)
    for backend in backends.of(item):
        service = objects.find("", "Service", backend.service, item)
        if service is not None:
            yield from _port(item, backend, service)
            if backend.subset:
                yield from _subset(item, backend, objects)


def services(item: KubeObject) -> Iterator[Reference]:
    """Yield the Services that a route sends to."""
    for backend in backends.of(item):
        yield Reference(backend.pointer, "", "Service", backend.service, str(backend.pointer[-1]))


def _port(item: KubeObject, backend: Backend, service: KubeObject) -> Iterator[ObjectFinding]:
    ports = service_ports(service)
    if backend.port is None or backend.port == backends.USE_ANNOTATION or not ports:
        return
    known = (
        {name for _, name in ports}
        if isinstance(backend.port, str)
        else {number for number, _ in ports if isinstance(number, int)}
    )
    if backend.port not in known:
        has = listed(f"{number} ({name})" if name else f"{number}" for number, name in ports)
        message = f"{item.title} sends to port {backend.port} of {service.title}, which has {has}"
        yield ObjectFinding(backend.port_at, message, "send to a port of the Service")


def _subset(item: KubeObject, backend: Backend, objects: Objects) -> Iterator[ObjectFinding]:
    rules = [
        rule
        for rule in objects.of(backends.ISTIO, "DestinationRule")
        if backends.near_name(rule.spec.get("host"), rule) == backend.service
    ]
    known = {str(subset.get("name")) for rule in rules for _, subset in maps(rule.spec.get("subsets"))}
    if (rules or objects.complete) and backend.subset not in known:
        where = f"the DestinationRule {rules[0].name}" if rules else "no DestinationRule"
        message = f"{item.title} sends to the subset `{backend.subset}` of {backend.service}, which {where} " + (
            "does not have" if rules else "has"
        )
        yield ObjectFinding(
            (*backend.pointer[:-1], "subset"),
            message,
            suggestion(backend.subset, known, "add the subset to the DestinationRule"),
        )


RULE = ObjectRule("MR618", "backends-exist", Severity.ERROR, backends.ROUTES, check, services)
