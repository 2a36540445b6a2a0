"""The rule TP703, pod-template-runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import DNS_LABEL
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.pods.places import Pod, pods_in
from generator.lint.rules.rule import Finding
from generator.syntax.wording import a, listed, suggestion

_LASTING = ("Rollout", "Experiment", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")
_NAME = "use up to 63 lowercase letters, digits and hyphens"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A pod template must be one that the API server accepts.

    The API server validates the pod template of a Rollout only when the controller creates pods from it, in the
    middle of the release. The controller checks some of it earlier and marks the Rollout InvalidSpec. There
    must be a container, and each container needs a unique name and an image. Port names must be unique within a
    container, mounts must refer to existing volumes, and `restartPolicy` must be `Always`, or for Jobs one of the
    others.
    Wrong:
        kind: Rollout
        spec:
          template:
            spec:
              containers: [{name: app, image: "web:1", volumeMounts: [{name: date, mountPath: /data}]}]
              volumes: [{name: data, emptyDir: {}}]
    Right:
        kind: Rollout
        spec:
          template:
            spec:
              containers: [{name: app, image: "web:1", volumeMounts: [{name: data, mountPath: /data}]}]
              volumes: [{name: data, emptyDir: {}}]
    Source: kubernetes, pkg/apis/core/validation/validation.go; argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    for pod in pods_in(item):
        yield from _pod(item, pod)


def _pod(item: KubeObject, pod: Pod) -> Iterator[Finding]:
    spec, base = pod.spec, pod.here
    if not any(maps(spec.get("containers"))):
        yield Finding(base, f"the pods of {item.title} have no containers", "add `containers`")
    policy, subject = spec.get("restartPolicy"), f"pods of {a(pod.kind)} need" if pod.kind != "Pod" else "a Pod needs"
    if policy not in (None, "", *pod.policies):
        message = f"{subject} restartPolicy {listed(pod.policies, last='or')}, not `{policy}`"
        hint = "remove `restartPolicy`, or set it to Always" if pod.policies == ("Always",) else f"set it to {pod.policies[-1]}"
        yield Finding((*base, "restartPolicy"), message, hint)
    elif policy in (None, "") and "Always" not in pod.policies:
        message = f"{subject} a restartPolicy: the default is Always"
        yield Finding((*base, "restartPolicy"), message, f"set `restartPolicy: {pod.policies[-1]}`")
    for field in ("activeDeadlineSeconds", "ephemeralContainers"):
        if spec.get(field) is not None and (pod.kind in _LASTING or field == "ephemeralContainers"):
            yield Finding((*base, field), f"pods of {a(pod.kind)} cannot have `{field}`", "remove it")
    volumes = {str(volume.get("name")) for _, volume in maps(spec.get("volumes"))}
    yield from _containers(spec, base, volumes | pod.claims)


def _containers(spec: dict[str, Any], base: Pointer, volumes: set[str]) -> Iterator[Finding]:
    names: set[str] = set()
    for field in ("initContainers", "containers"):
        for index, container in maps(spec.get(field)):
            here: Pointer = (*base, field, index)
            name = container.get("name")
            if not isinstance(name, str) or not DNS_LABEL.fits(name):
                yield Finding((*here, "name"), f"`{name or ''}` is not a valid container name", _NAME)
            elif name in names:
                yield Finding((*here, "name"), f"two containers are named `{name}`", "rename one of the two")
            names.add(str(name))
            if not container.get("image"):
                yield Finding(here, f"container `{name}` has no image", "add `image`")
            yield from _ports(container, here)
            yield from _mounts(container, here, volumes)


def _ports(container: dict[str, Any], here: Pointer) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, port in maps(container.get("ports")):
        name = port.get("name")
        if isinstance(name, str) and name in seen:
            yield Finding((*here, "ports", index, "name"), f"two ports are named `{name}`", "rename one of the two")
        seen.add(str(name))


def _mounts(container: dict[str, Any], here: Pointer, volumes: set[str]) -> Iterator[Finding]:
    for index, mount in maps(container.get("volumeMounts")):
        name = mount.get("name")
        if isinstance(name, str) and name not in volumes:
            hint = suggestion(name, volumes, "add it to `volumes`")
            yield Finding((*here, "volumeMounts", index, "name"), f"volume `{name}` does not exist", hint)
