"""The rule MR613, strategy-services-exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, Reference, at
from generator.wording import suggestion
from generator.workloads import matches, pods_of

_NAMES: tuple[Pointer, ...] = (
    ("canary", "stableService"),
    ("canary", "canaryService"),
    ("canary", "pingPong", "pingService"),
    ("canary", "pingPong", "pongService"),
    ("canary", "trafficRouting", "alb", "rootService"),
    ("canary", "trafficRouting", "smi", "rootService"),
    ("blueGreen", "activeService"),
    ("blueGreen", "previewService"),
)
_SWITCHED = {"stableService", "canaryService", "activeService", "previewService", "pingService", "pongService"}


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """Every Service that a strategy names must exist, and select the pods of this Rollout.

    Without it the Rollout is InvalidSpec: running pods stay, and no release goes out any more.
    Source: argo-rollouts, rollout/controller.go (getReferencedServices)
    """
    for reference, known in objects.missing(services(item), item):
        hint = suggestion(reference.name, known, "add the Service, or name one that there is")
        message = f"there is no Service `{reference.name}`, which {item.title} names as {reference.role}"
        yield ObjectFinding(reference.pointer, message, hint)
    for reference in services(item):
        service = objects.referred(reference, item)
        if service is not None and reference.role in _SWITCHED:
            yield from _selects(item, service, reference.pointer, objects)


def services(item: KubeObject) -> Iterator[Reference]:
    """Yield the Services that the strategy of a Rollout names."""
    strategy = item.spec.get("strategy")
    for pointer in _NAMES:
        name = at(strategy, *pointer)
        if isinstance(name, str) and name:
            yield Reference(("spec", "strategy", *pointer), "", "Service", name, str(pointer[-1]))


def _selects(item: KubeObject, service: KubeObject, here: Pointer, objects: Objects) -> Iterator[ObjectFinding]:
    pods, selector = pods_of(item, objects), service.spec.get("selector")
    if pods is None or not isinstance(selector, dict):
        return
    plain = {key: value for key, value in selector.items() if key != "rollouts-pod-template-hash"}
    if not matches({"matchLabels": plain}, pods.labels):
        wrong = next(key for key, value in plain.items() if pods.labels.get(key) != value)
        message = f"{service.title} selects by {wrong} `{plain[wrong]}`, which the pods of {item.title} do not have"
        yield ObjectFinding(here, message, "name a Service that selects the pods of this Rollout")


RULE = ObjectRule("MR613", "strategy-services-exist", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check, services)
