"""The rule MR613, strategy-services-exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, at
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
    strategy = item.spec.get("strategy")
    for pointer in _NAMES:
        name = at(strategy, *pointer)
        if not isinstance(name, str) or not name or not objects.holds("", "Service"):
            continue
        service = objects.find("", "Service", name, item)
        here: Pointer = ("spec", "strategy", *pointer)
        if service is None:
            known = objects.names("", "Service", item)
            hint = suggestion(name, known, "add the Service, or name one that there is")
            yield ObjectFinding(here, f"there is no Service `{name}`, which {item.title} names as {pointer[-1]}", hint)
        elif pointer[-1] in _SWITCHED:
            yield from _selects(item, service, here, objects)


def _selects(item: KubeObject, service: KubeObject, here: Pointer, objects: Objects) -> Iterator[ObjectFinding]:
    pods, selector = pods_of(item, objects), service.spec.get("selector")
    if pods is None or not isinstance(selector, dict):
        return
    plain = {key: value for key, value in selector.items() if key != "rollouts-pod-template-hash"}
    if not matches({"matchLabels": plain}, pods.labels):
        wrong = next(key for key, value in plain.items() if pods.labels.get(key) != value)
        message = f"{service.title} selects by {wrong} `{plain[wrong]}`, which the pods of {item.title} do not have"
        yield ObjectFinding(here, message, "name a Service that selects the pods of this Rollout")


RULE = ObjectRule("MR613", "strategy-services-exist", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check)
