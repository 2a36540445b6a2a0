"""All pods of a set of objects by their labels, and which of them selectors match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.kubernetes.label_index import Bits, ByValue, LabelIndex
from generator.kubernetes.namespaces import ByNamespace
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, at, maps
from generator.kubernetes.workloads import KINDS, Pods, all_pods, may_run_pods, taken_over

POD_HASH = "rollouts-pod-template-hash"
"""The label, and key of Service selectors, that Argo Rollouts adds in the cluster."""


def near_pods(near: KubeObject, objects: Objects) -> Bits:
    """Return the pods that are, or may be, in the namespace of an object; none where there are unknown ones too."""
    if has_unknown_pods(near, objects):
        return 0
    return pod_index(objects).near(objects.namespace_of(near))


def has_unknown_pods(near: KubeObject, objects: Objects) -> bool:
    """Tell whether something in the namespace of an object may run pods with unknown labels.

    The custom resource of an operator may, or a Rollout whose template is elsewhere: a selector that
    matches nothing here may mean just those.
    """
    unknown = objects.once("unknown pods by namespace", lambda all_: _by_namespace(_unknown_pods(all_), all_))
    return unknown.first(objects.namespace_of(near)) is not None


def _by_namespace(items: Iterable[KubeObject], objects: Objects) -> ByNamespace[KubeObject]:
    return ByNamespace((objects.namespace_of(item), item) for item in items)


def _unknown_pods(objects: Objects) -> list[KubeObject]:
    known = {id(pods.owner) for pods in all_pods(objects)}
    may_run = [item for item in objects if item.kind and may_run_pods(item)]
    unknown = [item for item in may_run if id(item) not in known and not taken_over(item, objects)]
    return unknown + [item for item in objects.of(ROLLOUTS, "Rollout") if _relabels(item)]


def _relabels(rollout: KubeObject) -> bool:
    """Tell whether a step of a Rollout experiments with pods that have labels of their own."""
    steps = maps(at(rollout.spec, "strategy", "canary", "steps"))
    templates = (template for _, step in steps for _, template in maps(at(step, "experiment", "templates")))
    return any(at(template, "metadata", "labels") for template in templates)


def has_operator(near: KubeObject, objects: Objects) -> bool:
    """Tell whether an operator may make pods, and Services before them, in the namespace of an object."""
    operators = objects.once("operators by namespace", lambda all_: _by_namespace(_operators(all_), all_))
    return operators.first(objects.namespace_of(near)) is not None


def _operators(objects: Objects) -> Iterator[KubeObject]:
    return (item for item in _unknown_pods(objects) if (item.group, item.kind) not in KINDS)


def pod_index(objects: Objects) -> LabelIndex[Pods]:
    """Return all pods, by their labels."""
    return objects.once("pods by label", _pod_index)


def _pod_index(objects: Objects) -> LabelIndex[Pods]:
    return LabelIndex(all_pods(objects), lambda pods: pods.labels, lambda pods: objects.namespace_of(pods.owner))


def selected(selector: Any, near: KubeObject, objects: Objects) -> Bits:
    """Return the pods that a label selector means, in the namespace of an object."""
    index = pod_index(objects)
    return index.matching(selector) & index.near(objects.namespace_of(near))


def is_slip_of(keys: Iterable[str], near: Bits, objects: Objects) -> bool:
    """Tell whether a selector that matches no pods is a mistake: all pods are here, or some have one of its labels.

    Otherwise the pods that it means may come with another Application, or be made by an operator.
    """
    return objects.complete or bool(pod_index(objects).labelled(keys) & near)


def service_selector(service: KubeObject) -> dict[str, Any]:
    """Return by which labels a Service selects, without what Argo Rollouts adds; empty for one that does not."""
    selector = service.spec.get("selector")
    if not isinstance(selector, dict) or service.spec.get("type") == "ExternalName":
        return {}
    return {key: value for key, value in selector.items() if key != POD_HASH}


def selected_by_service(service: KubeObject, objects: Objects) -> Bits:
    """Return the pods that a Service sends to; none for one without a selector."""
    known: dict[int, Bits] = objects.once("pods by service", lambda _: {})
    if id(service) not in known:
        selector = service_selector(service)
        known[id(service)] = selected({"matchLabels": selector}, service, objects) if selector else 0
    return known[id(service)]


def ports_by_name(objects: Objects) -> ByValue:
    """Return the pods by the names of their ports."""
    return pod_index(objects).by("port names", lambda pods: (port.name for port in pods.ports() if port.name))


def protocols_of(port: str, objects: Objects) -> ByValue:
    """Return the pods that have a port of a name, by its protocol."""
    known = objects.once("protocols of ports", _protocols)
    return known.get(port) or ByValue()


def _protocols(objects: Objects) -> dict[str, ByValue]:
    found: dict[str, ByValue] = {}
    for place, pods in enumerate(pod_index(objects).items):
        for port in pods.ports():
            if port.name:
                found.setdefault(port.name, ByValue()).add(port.protocol, place)
    return found
