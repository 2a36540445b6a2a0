"""The rule TP638, claims-fit-surge."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.pod_references import references
from generator.kubernetes.workloads import pods_held_by
from generator.lint.rules.rule import Finding

_ONE_NODE = {"ReadWriteOnce": "one node", "ReadWriteOncePod": "one pod"}
_NONE = (0, "0", "0%")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Pods that run at the same time should not share a claim that only one node can mount.

    An update starts new pods while the old ones run. With a `ReadWriteOnce` claim, a new pod on a different node
    waits for the volume, and the old one keeps it: the update hangs. Canary and blue-green always run both.
    Wrong:
        kind: Deployment
        spec:
          template: {spec: {volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}}
        ---
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {accessModes: [ReadWriteOnce]}
    Right:
        kind: Deployment
        spec:
          strategy: {type: Recreate}
          template: {spec: {volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}}
        ---
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {accessModes: [ReadWriteOnce]}
    Source: kubernetes.io/docs/concepts/storage/persistent-volumes (Access Modes)
    """
    pods = pods_held_by(item, objects)
    if pods is None or not _several_at_once(item):
        return
    for reference in references(pods):
        claim = objects.find("", "PersistentVolumeClaim", reference.name, item) if "Claim" in reference.kind else None
        modes = claim.spec.get("accessModes") if claim is not None else None
        if isinstance(modes, list) and modes and all(isinstance(mode, str) and mode in _ONE_NODE for mode in modes):
            message = f"pods of {item.title} run at the same time, but only {_ONE_NODE[modes[-1]]} can mount `{reference.name}`"
            hint = "use ReadWriteMany, or a StatefulSet with a claim for each pod"
            if item.kind == "Deployment":
                hint += ", or `strategy: {type: Recreate}`"
            yield Finding(reference.pointer, message, hint)


def _several_at_once(item: KubeObject) -> bool:
    replicas = item.spec.get("replicas")
    if replicas == 0:
        return False
    strategy = at(item.spec, "strategy")
    if item.kind == "Deployment":
        if at(strategy, "type") == "Recreate":
            return False
        surge = at(strategy, "rollingUpdate", "maxSurge")
    else:
        surge = at(strategy, "canary", "maxSurge")
    return replicas not in (None, 1) or surge not in _NONE
