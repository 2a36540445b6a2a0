"""The rule TP643, config-keys-exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pod_references import references
from generator.kubernetes.workloads import pods_held_by
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_DATA = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A key that pods read must be in the ConfigMap or Secret that is applied with them.

    A container that reads a variable from a missing key never starts, and a volume with a missing key is
    never mounted. Keys that are `optional` may be missing. A ConfigMap or Secret without any data is not
    checked, because something in the cluster fills it.
    Wrong:
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - name: app
                  env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: log-level}}}]
        ---
        kind: ConfigMap
        metadata: {name: settings}
        data: {level: info}
    Right:
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - name: app
                  env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}]
        ---
        kind: ConfigMap
        metadata: {name: settings}
        data: {level: info}
    Source: kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap
    """
    pods = pods_held_by(item, objects)
    if pods is None:
        return
    for reference in references(pods):
        found = objects.find("", reference.kind, reference.name, item) if reference.keys else None
        if found is None:
            continue
        known = _keys_of(found, objects)
        for pointer, key in reference.keys if known else ():
            if key not in known:
                message = f"{item.title} reads key `{key}` of {found.title}, which has {_said(found, known, objects)}"
                yield Finding(pointer, message, suggestion(key, known, f"add it to {found.title}"))


def _keys_of(found: KubeObject, objects: Objects) -> frozenset[str]:
    """Return the keys of a ConfigMap or Secret, read once for all pods that refer to it."""
    kept: dict[int, frozenset[str]] = objects.once("keys of data", lambda _: {})
    if id(found) not in kept:
        parts = [part for field in _DATA[found.kind] if isinstance(part := found.data.get(field), dict)]
        kept[id(found)] = frozenset(str(key) for part in parts for key in part)
    return kept[id(found)]


def _said(found: KubeObject, known: frozenset[str], objects: Objects) -> str:
    kept: dict[int, str] = objects.once("keys of data, said", lambda _: {})
    return kept.get(id(found)) or kept.setdefault(id(found), listed(known))
