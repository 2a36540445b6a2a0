"""The rule TP649, needs-come-first."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.phases import HELM_HOOK, HOOK, ORDER, first_phase, is_later, wave
from generator.kubernetes.pod_references import PodReference, maker_of, references
from generator.kubernetes.workloads import pods_held_by
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """What pods need should not be applied in a later phase or wave than the pods.

    Argo CD applies a phase or a wave when the one before it is healthy. Pods that wait for a ConfigMap, a Secret,
    a claim or a ServiceAccount of a later one never start, so the first sync waits indefinitely. The resources of
    an Application without a hook come after all PreSync hooks.
    Wrong:
        kind: Job
        metadata: {name: migrate, annotations: {argocd.argoproj.io/hook: PreSync}}
        spec:
          template:
            spec: {restartPolicy: Never, containers: [{name: app, image: "a:1.0.0", envFrom: [{configMapRef: {name: db}}]}]}
        ---
        kind: ConfigMap
        metadata: {name: db}
    Right:
        kind: Job
        metadata: {name: migrate, annotations: {argocd.argoproj.io/hook: PreSync}}
        spec:
          template:
            spec: {restartPolicy: Never, containers: [{name: app, image: "a:1.0.0", envFrom: [{configMapRef: {name: db}}]}]}
        ---
        kind: ConfigMap
        metadata: {name: db, annotations: {argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/sync-wave: "-1"}}
    Source: argo-cd, docs/user-guide/sync-waves.md; issues 5315, 17604
    """
    pods = pods_held_by(item, objects) if objects.once("has an order", _has_order) else None
    if pods is None or item.kind == "CronJob":
        return
    for reference in references(pods):
        needed = _needed(reference, item, objects)
        if needed is not None and is_later(needed, item) and at(item.data, *reference.pointer[:-1], "optional") is not True:
            message = f"{item.title} ({_when(item)}) needs {needed.title}, which comes later ({_when(needed)})"
            where = (
                "as a hook of the same phase, in an earlier wave" if _is_hook(item) else "in the same wave, or an earlier one"
            )
            yield Finding(reference.pointer, message, f"apply {needed.title} {where}")


def _has_order(objects: Objects) -> bool:
    """Tell whether any object has a wave or is a hook; most sets have neither."""
    return any(key in item.annotations for item in (*objects, *objects.elsewhere) for key in ORDER)


def _needed(reference: PodReference, item: KubeObject, objects: Objects) -> KubeObject | None:
    found = objects.find("", reference.kind, reference.name, item)
    if found is None and reference.kind == "Secret":
        found = maker_of(reference.name, item, objects)
    return found


def _is_hook(item: KubeObject) -> bool:
    return HOOK in item.annotations or HELM_HOOK in item.annotations


def _when(item: KubeObject) -> str:
    return f"{first_phase(item)}, wave {wave(item)}"
