"""Pods: the workload that runs them, their labels and their ports.

Manifests may hold anything anywhere, so everything here takes any data and ignores the wrong types.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, at, maps
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
    return may_run_pods(item) and (item.group, item.kind) not in KINDS and isinstance(containers, list)


def may_run_pods(item: KubeObject) -> bool:
    """Tell whether something of a kind runs pods that a selector could mean, or may do so."""
    kinds = _NO_PODS_BUT.get(item.group)
    if kinds is not None:
        return item.kind in kinds
    return item.group not in _NO_PODS and not item.group.endswith((".k8s.io", ".istio.io"))
