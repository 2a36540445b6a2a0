"""Pods: which workload runs them, what labels and ports they have, which selectors mean them.

Manifests may hold anything anywhere, so everything here takes any data and says nothing of what it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.objects import ROLLOUTS, KubeObject, Objects, at, maps

KINDS = (
    (ROLLOUTS, "Rollout"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("apps", "ReplicaSet"),
    ("batch", "Job"),
    ("batch", "CronJob"),
    ("", "Pod"),
)
"""What runs pods."""

SELECTING = (KINDS[0], *KINDS[1:5])
"""What finds its pods by a selector of its own."""

POD_HASH = "rollouts-pod-template-hash"
"""The label, and key of Service selectors, that Argo Rollouts adds in the cluster."""

REFERABLE = (("apps", "Deployment"), ("apps", "ReplicaSet"), ("", "PodTemplate"))
"""What a Rollout's workloadRef may name. Source: argo-rollouts, rollout/templateref.go"""


class Port(NamedTuple):
    """A port of a container."""

    name: str
    number: Any
    protocol: str
    pointer: Pointer


class Pods(NamedTuple):
    """The pods of one workload."""

    owner: KubeObject
    """What runs them."""
    holder: KubeObject
    """The object that the template stands in: the owner, or what its workloadRef names."""
    base: Pointer
    """Where the template stands in its holder."""

    @property
    def template(self) -> dict[str, Any]:
        """The pod template: `metadata` and `spec`."""
        template = at(self.holder.data, *self.base)
        return template if isinstance(template, dict) else {}

    @property
    def labels(self) -> dict[str, Any]:
        """The labels of the pods."""
        labels = at(self.template, "metadata", "labels")
        return labels if isinstance(labels, dict) else {}

    def containers(self) -> Iterator[tuple[Pointer, dict[str, Any]]]:
        """Yield every container that keeps running, with its pointer in the holder."""
        for field in ("containers", "initContainers"):
            for index, container in maps(at(self.template, "spec", field)):
                if field == "containers" or container.get("restartPolicy") == "Always":
                    yield (*self.base, "spec", field, index), container

    def ports(self) -> Iterator[Port]:
        """Yield the ports of all containers."""
        for pointer, container in self.containers():
            for index, port in maps(container.get("ports")):
                name, number = str(port.get("name") or ""), port.get("containerPort")
                yield Port(name, number, str(port.get("protocol") or "TCP"), (*pointer, "ports", index))


def pods_of(item: KubeObject, objects: Objects) -> Pods | None:
    """Return the pods of a workload; None if it runs none, or if its template is not known here."""
    if (item.group, item.kind) not in KINDS or not item.whole:
        return None
    if item.kind == "Pod":
        return Pods(item, item, ())
    if item.kind == "CronJob":
        return Pods(item, item, ("spec", "jobTemplate", "spec", "template"))
    reference = item.spec.get("workloadRef")
    if item.kind == "Rollout" and isinstance(reference, dict):
        target = referred(item, objects)
        if target is None:
            return None
        return Pods(item, target, ("template",) if target.kind == "PodTemplate" else ("spec", "template"))
    return Pods(item, item, ("spec", "template"))


def referred(rollout: KubeObject, objects: Objects) -> KubeObject | None:
    """Return what a Rollout's workloadRef names; None if it has none, or it is not here."""
    reference = rollout.spec.get("workloadRef")
    if not isinstance(reference, dict):
        return None
    group = str(reference.get("apiVersion") or "").rpartition("/")[0]
    return objects.find(group, str(reference.get("kind") or ""), str(reference.get("name") or ""), rollout)


def all_pods(objects: Objects) -> list[Pods]:
    """Return the pods of every workload, those that a Rollout has taken over once."""
    return objects.once("pods", _all_pods)


def _all_pods(objects: Objects) -> list[Pods]:
    owners = [item for group, kind in KINDS for item in objects.of(group, kind)]
    found = [pods for item in owners if (pods := pods_of(item, objects))]
    taken = {id(pods.holder) for pods in found if pods.holder is not pods.owner}
    return [pods for pods in found if id(pods.owner) not in taken]


def same_namespace(first: KubeObject, second: KubeObject) -> bool:
    """Tell whether two objects are in one namespace; one that states none is in that of whoever applies it."""
    return not first.namespace or not second.namespace or first.namespace == second.namespace


def selected(selector: Any, near: KubeObject, objects: Objects) -> list[Pods]:
    """Return the pods that a label selector means, in the namespace of an object."""
    return [
        pods for pods in _candidates(selector, objects) if same_namespace(near, pods.owner) and matches(selector, pods.labels)
    ]


def _candidates(selector: Any, objects: Objects) -> list[Pods]:
    """Return the pods that have the rarest of the labels that a selector wants: few, where there are thousands."""
    wanted = at(selector, "matchLabels")
    pairs = wanted.items() if isinstance(wanted, dict) else ()
    if not all(isinstance(value, str) for _, value in pairs) or not pairs:
        return all_pods(objects)
    by_label = objects.once("pods by label", _by_label)
    return min((by_label.get(pair, []) for pair in pairs), key=len)


def _by_label(objects: Objects) -> dict[tuple[str, str], list[Pods]]:
    found: dict[tuple[str, str], list[Pods]] = {}
    for pods in all_pods(objects):
        for key, value in pods.labels.items():
            if isinstance(value, str):
                found.setdefault((key, value), []).append(pods)
    return found


def selected_by_service(service: KubeObject, objects: Objects) -> list[Pods]:
    """Return the pods that a Service sends to; none for one without a selector."""
    selector = service.spec.get("selector")
    if not isinstance(selector, dict) or not selector:
        return []
    plain = {key: value for key, value in selector.items() if key != POD_HASH}
    return selected({"matchLabels": plain}, service, objects)


def matches(selector: Any, labels: dict[str, Any]) -> bool:
    """Tell whether labels satisfy a selector of matchLabels and matchExpressions; an empty one takes all."""
    if not isinstance(selector, dict):
        return False
    wanted = selector.get("matchLabels")
    if isinstance(wanted, dict) and any(key not in labels or labels[key] != value for key, value in wanted.items()):
        return False
    return all(_holds(expression, labels) for _, expression in maps(selector.get("matchExpressions")))


def _holds(expression: dict[str, Any], labels: dict[str, Any]) -> bool:
    key, operator, values = expression.get("key"), expression.get("operator"), expression.get("values")
    value = labels.get(key) if isinstance(key, str) else None
    listed = isinstance(values, list) and value in values
    if operator == "In":
        return listed
    if operator == "NotIn":
        return not listed
    return (value is None) if operator == "DoesNotExist" else value is not None
