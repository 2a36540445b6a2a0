"""The rule TP625, managed-by-one-rollout."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, at
from generator.lint.rules.between.strategy_services_exist import services
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion

MANAGED_BY = "argo-rollouts.argoproj.io/managed-by-rollouts"
"""The annotation with which the controller claims a Service or a VirtualService for one Rollout."""

_ANNOTATION: Pointer = ("metadata", "annotations", MANAGED_BY)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Only one Rollout may manage a Service or a VirtualService.

    The controller annotates each with the Rollout that manages it. A second Rollout that names it, or one that
    differs from the annotation, is InvalidSpec. So is a Rollout without Istio that the annotation of a
    VirtualService names.
    Wrong:
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy: {blueGreen: {activeService: web}}
        ---
        kind: Rollout
        metadata: {name: shop}
        spec:
          strategy: {blueGreen: {activeService: web}}
        ---
        kind: Service
        metadata: {name: web}
    Right:
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy: {blueGreen: {activeService: web}}
        ---
        kind: Rollout
        metadata: {name: shop}
        spec:
          strategy: {blueGreen: {activeService: shop}}
        ---
        kind: Service
        metadata: {name: web}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation_references.go (ValidateService, ValidateVirtualService)
    """
    if item.kind == "VirtualService":
        yield from _marked_for_istio(item, objects)
        return
    for reference in services(item):
        service = objects.referred(reference, item)
        if service is None or reference.role == "rootService":
            continue
        marked = at(service.data, *_ANNOTATION)
        if marked is not None and marked != item.name:
            message = f"{service.title} is annotated as managed by `{marked}`, but it is the {reference.role} of {item.title}"
            hint = suggestion(str(marked), [item.name], "remove the annotation: the controller sets it")
            yield Finding(_ANNOTATION, message, hint, at_fault=service)
        first = objects.once("rollouts by service", _by_service)[id(service)]
        if first is not item:
            message = f"{service.title} is the {reference.role} of {item.title}, but {first.title} uses it too"
            yield Finding(reference.pointer, message, "give each Rollout its own Services")


def _by_service(objects: Objects) -> dict[int, KubeObject]:
    """Return the first Rollout that names a Service, by the identity of the Service."""
    found: dict[int, KubeObject] = {}
    for rollout in objects.of(ROLLOUTS, "Rollout"):
        for reference in services(rollout):
            service = objects.referred(reference, rollout)
            if service is not None and reference.role != "rootService":
                found.setdefault(id(service), rollout)
    return found


def _marked_for_istio(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    marked = at(item.data, *_ANNOTATION)
    rollout = objects.find(ROLLOUTS, "Rollout", marked, item) if isinstance(marked, str) else None
    if rollout and not isinstance(at(rollout.spec, "strategy", "canary", "trafficRouting", "istio"), dict):
        message = f"{item.title} is annotated as managed by {rollout.title}, which does not use Istio"
        yield Finding(_ANNOTATION, message, "remove the annotation: the controller sets it")
