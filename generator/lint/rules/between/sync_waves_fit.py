"""The rule TP626, sync-waves-fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.kubernetes.rollouts import ROLLOUT, gate
from generator.lint.rules.analysis import analysis_template_known
from generator.lint.rules.between import strategy_services_exist
from generator.lint.rules.rule import Finding, Rule

WAVE = "argocd.argoproj.io/sync-wave"
_HOOK = "argocd.argoproj.io/hook"
_HELM_HOOK = "helm.sh/hook"
_AFTER = {_HOOK: "PostSync", _HELM_HOOK: "post-install"}
_NUMBER = re.compile(r"-?[0-9]{1,9}\Z")
_OF_ARGO_CD = ("Application", "ApplicationSet", "AppProject")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A Rollout should come in a sync wave after what it needs, and nothing should wait behind its gates.

    Argo CD applies the next wave when the one before is healthy. A Rollout whose Services or templates come
    later is Degraded until then, so the sync never gets there. While a release waits for a person the Rollout
    is Suspended: the sync goes on running, and later waves and PostSync hooks wait for it.
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
    own = _wave(item)
    for references in (strategy_services_exist.services, analysis_template_known.templates):
        for reference in references(item):
            found = objects.referred(reference, item)
            if found is not None and _wave(found) > own:
                message = f"{found.title} is applied in wave {_wave(found)}, and {item.title} needs it in wave {own}"
                pointer: Pointer = ("metadata", "annotations", WAVE)
                yield Finding(pointer, message, "give it the wave of the Rollout, or an earlier one", at_fault=found)
    waits = gate(item)
    later = objects.once("later than others", _later) if waits else []
    for other in later:
        hook = next((f"{phase} hook" for key, phase in _AFTER.items() if phase in str(other.annotations.get(key))), "")
        if other is not item and objects.together(item, other) and (hook or _wave(other) > own):
            message = (
                f"{other.title}, of {hook or f'wave {_wave(other)}'}, waits as long as {item.title} waits for a person here"
            )
            yield Finding(waits, message, "give the pause a duration, or apply that apart from the release")
            return


def _wave(item: KubeObject) -> int:
    value = item.annotations.get(WAVE)
    return int(value) if isinstance(value, str) and _NUMBER.match(value) else 0


def _later(objects: Objects) -> list[KubeObject]:
    """Return what is in a wave of its own, or runs after a sync."""
    found = [item for item in objects if any(key in item.annotations for key in (WAVE, _HOOK, _HELM_HOOK))]
    return [item for item in found if (item.group, item.kind) not in [(ROLLOUTS, kind) for kind in _OF_ARGO_CD]]


RULE = Rule("TP626", "sync-waves-fit", Severity.WARNING, ROLLOUT, check)
