"""The rule TP626, sync-waves-fit."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.kubernetes.phases import HELM_HOOK, HOOK, ORDER, WAVE, wave
from generator.kubernetes.rollouts import gate
from generator.lint.rules.analysis import analysis_template_known
from generator.lint.rules.between import strategy_services_exist
from generator.lint.rules.rule import Finding

_AFTER = {HOOK: "PostSync", HELM_HOOK: "post-install"}
_OF_ARGO_CD = ("Application", "ApplicationSet", "AppProject")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A Rollout should not be in an earlier sync wave than its Services, and nothing should wait for its gates.

    Argo CD applies the next wave when the previous one is healthy. A Rollout whose Services or templates come
    later is Degraded until then, so the sync never reaches them. While a release waits for a manual promotion,
    the Rollout is Suspended: the sync keeps running, and later waves and PostSync hooks wait for it.
    Wrong:
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy: {canary: {canaryService: web-canary}}
        ---
        kind: Service
        metadata:
          name: web-canary
          annotations: {argocd.argoproj.io/sync-wave: "1"}
        spec: {ports: [{port: 80}]}
    Right:
        kind: Rollout
        metadata:
          name: web
          annotations: {argocd.argoproj.io/sync-wave: "1"}
        spec:
          strategy: {canary: {canaryService: web-canary}}
        ---
        kind: Service
        metadata: {name: web-canary}
        spec: {ports: [{port: 80}]}
    Source: argo-cd, docs/user-guide/sync-waves.md; issues 19422, 25054
    """
    own = wave(item)
    for references in (strategy_services_exist.services, analysis_template_known.templates):
        for reference in references(item):
            found = objects.referred(reference, item)
            if found is not None and wave(found) > own:
                message = f"{found.title} is in sync wave {wave(found)}, but {item.title} needs it in wave {own}"
                pointer: Pointer = ("metadata", "annotations", WAVE)
                yield Finding(pointer, message, "move it to the wave of the Rollout, or an earlier one", at_fault=found)
    waits = gate(item)
    later = objects.once("later than others", _later) if waits else []
    for other in later:
        hook = next((f"{phase} hook" for key, phase in _AFTER.items() if phase in str(other.annotations.get(key))), "")
        if other is not item and objects.together(item, other) and (hook or wave(other) > own):
            message = (
                f"{other.title} ({hook or f'wave {wave(other)}'}) is blocked while {item.title} waits for a manual promotion"
            )
            yield Finding(waits, message, "give the pause a duration, or apply the other object separately")
            return


def _later(objects: Objects) -> list[KubeObject]:
    """Return the objects that have a sync wave or are hooks."""
    found = [item for item in objects if any(key in item.annotations for key in ORDER)]
    return [item for item in found if (item.group, item.kind) not in [(ROLLOUTS, kind) for kind in _OF_ARGO_CD]]
