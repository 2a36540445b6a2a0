"""The rule TP620, ingress-routes-canary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes import backends
from generator.kubernetes.objects import KubeObject, Objects, Reference, at, texts
from generator.lint.rules.between.strategy_services_exist import services
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_ROUTING: Pointer = ("spec", "strategy", "canary", "trafficRouting")
_FIELDS = {"nginx": ("stableIngress", "stableIngresses"), "alb": ("ingress", "ingresses")}

_CANARY = "nginx.ingress.kubernetes.io/canary"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The Ingresses that nginx or an ALB use for a canary must exist, and send to the Service that the router expects.

    nginx needs a rule that sends to the stable Service. An ALB needs one that sends to the root Service, or
    else the stable one, at the port `use-annotation`; the port in the annotation is servicePort. The
    controller copies or annotates the Ingress; without such a rule the Rollout is InvalidSpec. A default
    backend does not count, and the Ingress must not be a canary of nginx itself.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {stableService: web, canaryService: web-canary, trafficRouting: {nginx: {stableIngress: web}}}}
        ---
        kind: Ingress
        spec:
          rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web-canary, port: {number: 80}}}}]}}]
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {stableService: web, canaryService: web-canary, trafficRouting: {nginx: {stableIngress: web}}}}
        ---
        kind: Ingress
        spec:
          rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation_references.go (ValidateIngress)
    """
    for reference, known in objects.missing(ingresses(item), item):
        hint = suggestion(reference.name, known, "enable the Ingress, or use the name of an existing one")
        message = f"Ingress `{reference.name}`, which {item.title} routes through, does not exist"
        yield Finding(reference.pointer, message, hint)
    for reference in ingresses(item):
        ingress = objects.referred(reference, item)
        if ingress is not None:
            yield from _rules(item, ingress, reference)
    yield from _service_port(item, objects)


def ingresses(item: KubeObject) -> Iterator[Reference]:
    """Yield the Ingresses that the strategy of a Rollout names."""
    for router, (one, many) in _FIELDS.items():
        routing = at(item.data, *_ROUTING, router)
        names: list[tuple[Pointer, Any]] = [((one,), at(routing, one))]
        names += [((many, index), name) for index, name in texts(at(routing, many))]
        for pointer, name in names:
            if isinstance(name, str) and name:
                yield Reference((*_ROUTING, router, *pointer), "networking.k8s.io", "Ingress", name, str(pointer[0]))


def _rules(item: KubeObject, ingress: KubeObject, reference: Reference) -> Iterator[Finding]:
    by_alb = "alb" in reference.pointer
    root = at(item.data, *_ROUTING, "alb", "rootService") if by_alb else None
    expected = root or at(item.spec, "strategy", "canary", "stableService")
    if not isinstance(expected, str) or not expected:
        return
    rules = [backend for backend in backends.of(ingress) if "defaultBackend" not in backend.pointer]
    fitting = [backend for backend in rules if backend.name == expected]
    if not fitting:
        sends = listed(dict.fromkeys(backend.name for backend in rules))
        message = f"{ingress.title} has no rule that sends to `{expected}`, which {item.title} needs"
        yield Finding(reference.pointer, message, f"add a rule that sends to {expected}: the Ingress sends to {sends}")
    elif not by_alb and ingress.annotations.get(_CANARY) == "true":
        message = f"{ingress.title} is a canary itself, so nginx has no main server for {item.title} and answers 404"
        hint = "remove the annotation: the controller makes the canary Ingress"
        yield Finding(("metadata", "annotations", _CANARY), message, hint, at_fault=ingress)
    elif by_alb and not any(backend.port == backends.USE_ANNOTATION for backend in fitting):
        message = f"{ingress.title} sends to `{expected}` at a fixed port, so the ALB ignores the weights of {item.title}"
        hint = f"use the port name `{backends.USE_ANNOTATION}`"
        yield Finding(fitting[0].port_at, message, hint, at_fault=ingress)


def _service_port(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    pointer: Pointer = (*_ROUTING, "alb", "servicePort")
    port = at(item.data, *pointer)
    for reference in services(item) if isinstance(port, int) else ():
        service = objects.referred(reference, item) if reference.role != "rootService" else None
        known = [number for number, _ in backends.service_ports(service)] if service else []
        if service and known and port not in known:
            has = listed(str(number) for number in known)
            message = f"{item.title} makes the ALB send to port {port} of {service.title}, which has {has}"
            yield Finding(pointer, message, "use a port that the Services have")
            return
