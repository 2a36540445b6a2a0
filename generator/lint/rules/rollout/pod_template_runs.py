"""The rule TP703, pod-template-runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import table
from generator.kubernetes.workloads import SELECTING, pods_held_by
from generator.lint.rules.rule import Finding, Rule
from generator.syntax.wording import suggestion

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_NAME = "use up to 63 lowercase letters, digits and hyphens"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A pod template must be one that the API server accepts.

    The API server validates the pod template of a Rollout only when the controller creates pods from it, in the
    middle of the release. The controller checks some of it earlier and marks the Rollout InvalidSpec. There
    must be a container, and each container needs a unique name and an image. Port names must be unique within a
    container, mounts must refer to existing volumes, and `restartPolicy` must be `Always`.
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
    pods = pods_held_by(item, objects)
    if pods is None or not isinstance(item.spec.get("template"), dict):
        return
    base: Pointer = (*pods.base, "spec")
    spec = table(pods.template, "spec")
    if not any(maps(spec.get("containers"))):
        yield Finding(base, f"the pods of {item.title} have no containers", "add `containers`")
    if spec.get("restartPolicy") not in (None, "Always"):
        message = f"pods of a {item.kind} need restartPolicy `Always`, not `{spec['restartPolicy']}`"
        yield Finding((*base, "restartPolicy"), message, "remove `restartPolicy`, or set it to Always")
    for field in ("activeDeadlineSeconds", "ephemeralContainers"):
        if spec.get(field) is not None:
            yield Finding((*base, field), f"pods of a {item.kind} cannot have `{field}`", "remove it")
    volumes = {str(volume.get("name")) for _, volume in maps(spec.get("volumes"))}
    volumes |= {str(at(claim, "metadata", "name")) for _, claim in maps(item.spec.get("volumeClaimTemplates"))}
    yield from _containers(spec, base, volumes)


def _containers(spec: dict[str, Any], base: Pointer, volumes: set[str]) -> Iterator[Finding]:
    names: set[str] = set()
    for field in ("initContainers", "containers"):
        for index, container in maps(spec.get(field)):
            here: Pointer = (*base, field, index)
            name = container.get("name")
            if not isinstance(name, str) or not _LABEL.match(name):
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


RULE = Rule("TP703", "pod-template-runs", Severity.ERROR, SELECTING, check, needs=frozenset(["template"]), before_helm=True)
