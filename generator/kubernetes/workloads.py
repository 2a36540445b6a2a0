"""Pods: the workload that runs them, their labels and ports, and the selectors that match them.

Manifests may hold anything anywhere, so everything here takes any data and ignores the wrong types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, at, maps
from generator.kubernetes.selectors import ByLabel
from generator.syntax.named_tuples import NamedTuple

KINDS = (
    (ROLLOUTS, "Rollout"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("apps", "ReplicaSet"),
    ("", "ReplicationController"),
    ("batch", "Job"),
    ("batch", "CronJob"),
    ("", "Pod"),
)
"""What runs pods."""

SELECTING = KINDS[:5]
"""What finds its pods by a selector of its own."""

POD_HASH = "rollouts-pod-template-hash"
"""The label, and key of Service selectors, that Argo Rollouts adds in the cluster."""

REFERABLE = (("apps", "Deployment"), ("apps", "ReplicaSet"), ("", "PodTemplate"))
"""What a Rollout's workloadRef may name. Source: argo-rollouts, rollout/templateref.go"""

_NO_PODS = (
    "apisix.apache.org", "appmesh.k8s.aws", "autoscaling", "bitnami.com", "cert-manager.io", "cilium.io",
    "configuration.konghq.com", "crd.projectcalico.org", "elbv2.k8s.aws", "external-secrets.io",
    "getambassador.io", "keda.sh", "kyverno.io", "networking.gke.io", "policy", "policy.linkerd.io", "projectcontour.io",
    "secrets-store.csi.x-k8s.io", "split.smi-spec.io", "traefik.containo.us", "traefik.io",
)  # fmt: skip
"""API groups of which no kind runs pods that a selector could mean; nor does any of *.k8s.io and *.istio.io."""

_NO_PODS_BUT = {
    "": ("Pod", "ReplicationController"),
    "extensions": ("Deployment", "DaemonSet", "ReplicaSet"),
    "apps": ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"),
    "batch": ("Job", "CronJob"),
    ROLLOUTS: ("Rollout", "Experiment", "Workflow", "CronWorkflow", "EventSource", "EventBus", "Sensor", "ArgoCD"),
    "monitoring.coreos.com": ("Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"),
}
"""API groups of which these kinds do."""


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
    """The object that the template is in: the owner, or what its workloadRef names."""
    base: Pointer
    """Where the template is in its holder."""

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
        """Yield the ports of all containers that keep running."""
        for pointer, container in self.containers():
            yield from ports_of(container, pointer)


def ports_of(container: dict[str, Any], pointer: Pointer) -> Iterator[Port]:
    """Yield the ports of one container, which is at a pointer."""
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
    if item.kind == "Rollout" and isinstance(item.spec.get("workloadRef"), dict):
        target = workload_of(item, objects)
        if target is None:
            return None
        return Pods(item, target, ("template",) if target.kind == "PodTemplate" else ("spec", "template"))
    return Pods(item, item, ("spec", "template"))


def pods_held_by(item: KubeObject, objects: Objects) -> Pods | None:
    """Return the pods of a workload with a template of its own; None too where a Rollout refers to another's."""
    pods = pods_of(item, objects)
    return pods if pods is not None and pods.holder is item else None


def workload_of(rollout: KubeObject, objects: Objects) -> KubeObject | None:
    """Return what a Rollout's workloadRef names; None if it has none, or it is not here."""
    reference = rollout.spec.get("workloadRef")
    if not isinstance(reference, dict):
        return None
    group = str(reference.get("apiVersion") or "").rpartition("/")[0]
    return objects.find(group, str(reference.get("kind") or ""), str(reference.get("name") or ""), rollout)


def taken_over(item: KubeObject, objects: Objects) -> list[KubeObject]:
    """Return the Rollouts whose workloadRef names an object."""
    return objects.once("taken over", _taken_over).get(id(item), [])


def _taken_over(objects: Objects) -> dict[int, list[KubeObject]]:
    found: dict[int, list[KubeObject]] = {}
    for rollout in objects.of(ROLLOUTS, "Rollout"):
        target = workload_of(rollout, objects)
        if target is not None:
            found.setdefault(id(target), []).append(rollout)
    return found


def all_pods(objects: Objects) -> list[Pods]:
    """Return the pods of every workload, those that a Rollout has taken over once."""
    return objects.once("pods", _all_pods)


def _all_pods(objects: Objects) -> list[Pods]:
    owners = [item for group, kind in KINDS for item in objects.of(group, kind) if not taken_over(item, objects)]
    known = [pods for item in owners if (pods := pods_of(item, objects))]
    return [*known, *(Pods(item, item, ("spec", "template")) for item in objects if _is_like_a_workload(item))]


def _is_like_a_workload(item: KubeObject) -> bool:
    """Tell whether something of a kind that is not known here has a pod template where others have it."""
    containers = at(item.spec, "template", "spec", "containers")
    return _may_run_pods(item) and (item.group, item.kind) not in KINDS and isinstance(containers, list)


def _may_run_pods(item: KubeObject) -> bool:
    kinds = _NO_PODS_BUT.get(item.group)
    if kinds is not None:
        return item.kind in kinds
    return item.group not in _NO_PODS and not item.group.endswith((".k8s.io", ".istio.io"))


def near_pods(near: KubeObject, objects: Objects) -> list[Pods]:
    """Return the pods that are, or may be, in the namespace of an object; none where there are unknown ones too."""
    if has_unknown_pods(near, objects):
        return []
    return [pods for pods in all_pods(objects) if objects.together(near, pods.owner)]


def has_unknown_pods(near: KubeObject, objects: Objects) -> bool:
    """Tell whether something in the namespace of an object may run pods with unknown labels.

    The custom resource of an operator may, or a Rollout whose template is elsewhere: a selector that
    matches nothing here may mean just those.
    """
    return any(objects.together(near, item) for item in objects.once("unknown pods", _unknown_pods))


def _unknown_pods(objects: Objects) -> list[KubeObject]:
    known = {id(pods.owner) for pods in all_pods(objects)}
    may_run = [item for item in objects if item.kind and _may_run_pods(item)]
    unknown = [item for item in may_run if id(item) not in known and not taken_over(item, objects)]
    return unknown + [item for item in objects.of(ROLLOUTS, "Rollout") if _relabels(item)]


def _relabels(rollout: KubeObject) -> bool:
    """Tell whether a step of a Rollout experiments with pods that have labels of their own."""
    steps = maps(at(rollout.spec, "strategy", "canary", "steps"))
    templates = (template for _, step in steps for _, template in maps(at(step, "experiment", "templates")))
    return any(at(template, "metadata", "labels") for template in templates)


def operators(near: KubeObject, objects: Objects) -> list[KubeObject]:
    """Return what an operator may make pods, and Services before them, of, in the namespace of an object."""
    others = [item for item in objects.once("unknown pods", _unknown_pods) if (item.group, item.kind) not in KINDS]
    return [item for item in others if objects.together(near, item)]


def selected(selector: Any, near: KubeObject, objects: Objects) -> list[Pods]:
    """Return the pods that a label selector means, in the namespace of an object."""
    by_label = objects.once("pods by label", lambda all_: ByLabel(all_pods(all_), lambda pods: pods.labels))
    return [pods for pods in by_label.matching(selector) if objects.together(near, pods.owner)]


def is_slip_of(keys: Iterable[str], near: Iterable[Pods], objects: Objects) -> bool:
    """Tell whether a selector that matches no pods is a mistake: all pods are here, or some have one of its labels.

    Otherwise the pods that it means may come with another Application, or be made by an operator.
    """
    known = {key for pods in near for key in pods.labels}
    return objects.complete or not known.isdisjoint(keys)


def service_selector(service: KubeObject) -> dict[str, Any]:
    """Return by which labels a Service selects, without what Argo Rollouts adds; empty for one that does not."""
    selector = service.spec.get("selector")
    if not isinstance(selector, dict) or service.spec.get("type") == "ExternalName":
        return {}
    return {key: value for key, value in selector.items() if key != POD_HASH}


def selected_by_service(service: KubeObject, objects: Objects) -> list[Pods]:
    """Return the pods that a Service sends to; none for one without a selector."""
    selector = service_selector(service)
    return selected({"matchLabels": selector}, service, objects) if selector else []
