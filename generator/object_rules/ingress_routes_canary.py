"""The rule MR620, ingress-routes-canary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import backends
from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, Reference, at, texts
from generator.wording import suggestion

_ROUTER: Pointer = ("spec", "strategy", "canary", "trafficRouting")


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The Ingresses that nginx or an ALB route a canary by must exist, and send to the Service that the router expects.

    nginx wants a rule to the stable Service, an ALB one to the root Service, else the stable one, at the
    port `use-annotation`. The controller copies or annotates the Ingress; without such a rule the Rollout
    is InvalidSpec. A default backend does not count.
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation_references.go (ValidateIngress)
    """
    for reference, known in objects.missing(ingresses(item), item):
        hint = suggestion(reference.name, known, "enable the Ingress, or name one that there is")
        yield ObjectFinding(reference.pointer, f"there is no Ingress `{reference.name}`, by which {item.title} routes", hint)
    canary = at(item.spec, "strategy", "canary")
    for reference in ingresses(item):
        ingress, router = objects.referred(reference, item), reference.role
        expected = str(at(canary, "trafficRouting", router, "rootService") or at(canary, "stableService") or "")
        if ingress is not None:
            yield from _ingress(item, ingress, reference.pointer, expected, router)


def ingresses(item: KubeObject) -> Iterator[Reference]:
    """Yield the Ingresses that a Rollout routes by; the role is the router."""
    for router, one, many in (("nginx", "stableIngress", "stableIngresses"), ("alb", "ingress", "ingresses")):
        routing = at(item.data, *_ROUTER, router)
        if isinstance(routing, dict):
            for pointer, name in _named(routing, one, many):
                yield Reference((*_ROUTER, router, *pointer), "networking.k8s.io", "Ingress", name, router)


def _named(routing: dict[str, Any], one: str, many: str) -> Iterator[tuple[Pointer, str]]:
    if isinstance(routing.get(one), str) and routing[one]:
        yield (one,), routing[one]
    yield from (((many, index), name) for index, name in texts(routing.get(many)))


def _ingress(item: KubeObject, ingress: KubeObject, pointer: Pointer, expected: str, router: str) -> Iterator[ObjectFinding]:
    rules = [backend for backend in backends.of(ingress) if "defaultBackend" not in backend.pointer]
    fitting = [backend for backend in rules if backend.service == expected]
    if expected and not fitting:
        message = f"{ingress.title} has no rule that sends to `{expected}`, which {item.title} routes by it"
        yield ObjectFinding(pointer, message, f"send a rule of the Ingress to {expected}")
    elif router == "alb" and not any(backend.port == backends.USE_ANNOTATION for backend in fitting):
        message = f"{ingress.title} sends to `{expected}` at a port of its own, so the ALB never sees the weights"
        yield ObjectFinding(pointer, message, f"use the port name `{backends.USE_ANNOTATION}`")


RULE = ObjectRule("MR620", "ingress-routes-canary", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check, ingresses)
