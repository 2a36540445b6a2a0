"""The rule TP613, strategy-services-exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes import backends
from generator.kubernetes.objects import KubeObject, Objects, Reference, at
from generator.kubernetes.pod_index import near_pods, selected_by_service, service_selector
from generator.kubernetes.workloads import pods_of
from generator.lint.rules.between.service_selects_pods import unmet
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion

_NAMES: dict[Pointer, tuple[str, ...]] = {
    ("canary", "stableService"): ("canary", "stableMetadata"),
    ("canary", "canaryService"): ("canary", "canaryMetadata"),
    ("canary", "pingPong", "pingService"): (),
    ("canary", "pingPong", "pongService"): (),
    ("canary", "trafficRouting", "alb", "rootService"): (),
    ("canary", "trafficRouting", "smi", "rootService"): (),
    ("blueGreen", "activeService"): ("blueGreen", "activeMetadata"),
    ("blueGreen", "previewService"): ("blueGreen", "previewMetadata"),
}
"""The fields with which a strategy names Services, each with the field whose labels its pods get later."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Every Service that a strategy names must exist, and select the pods of this Rollout.

    Every label in its selector must be in the pod template: labels that canaryMetadata, stableMetadata and
    similar fields add later do not count. Otherwise the Rollout is InvalidSpec: running pods stay, and no
    further release is rolled out.
    Wrong:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, previewService: web-preveiw}}
        ---
        kind: Service
        metadata: {name: web}
        ---
        kind: Service
        metadata: {name: web-preview}
    Right:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, previewService: web-preview}}
        ---
        kind: Service
        metadata: {name: web}
        ---
        kind: Service
        metadata: {name: web-preview}
    Source: argo-rollouts, rollout/controller.go (getReferencedServices); validation_references.go (ValidateService)
    """
    for reference, known in objects.missing(services(item), item):
        if reference.role == "rootService" and reference.name in objects.once("actions", _actions):
            continue
        hint = suggestion(reference.name, known, "add the Service, or use the name of an existing one")
        message = f"Service `{reference.name}`, the {reference.role} of {item.title}, does not exist"
        yield Finding(reference.pointer, message, hint)
    for reference in services(item):
        service = objects.referred(reference, item)
        if service is not None and reference.role != "rootService":
            yield from _selects(item, service, reference, objects)


def _actions(objects: Objects) -> frozenset[str]:
    """Return the actions of ALB that Ingresses name: they are where a Service is, and are none."""
    ingresses = objects.of("networking.k8s.io", "Ingress")
    found = (backend for item in ingresses for backend in backends.of(item) if backend.port == backends.USE_ANNOTATION)
    return frozenset(backend.name for backend in found)


def services(item: KubeObject) -> Iterator[Reference]:
    """Yield the Services that the strategy of a Rollout names."""
    for pointer in _NAMES:
        name = at(item.spec, "strategy", *pointer)
        if isinstance(name, str) and name:
            yield Reference(("spec", "strategy", *pointer), "", "Service", name, str(pointer[-1]))


def _selects(item: KubeObject, service: KubeObject, reference: Reference, objects: Objects) -> Iterator[Finding]:
    pods, selector = pods_of(item, objects), service_selector(service)
    wrong = unmet(selector, pods) if pods is not None else []
    if not wrong or (not selected_by_service(service, objects) and near_pods(service, objects)):
        return  # service-selects-pods reports the second case
    key = wrong[0]
    added = _NAMES[reference.pointer[2:]]
    if added and at(item.spec, "strategy", *added, "labels", key) == selector[key]:
        message = f"{service.title} selects by {key} `{selector[key]}`, which only {added[-1]} adds to the pods of {item.title}"
        hint = f"select by labels of the pod template: the ones in {added[-1]} do not count"
    else:
        message = f"{service.title} selects by {key} `{selector[key]}`, which the pods of {item.title} do not have"
        hint = "use a Service that selects the pods of this Rollout"
    yield Finding(reference.pointer, message, hint)
