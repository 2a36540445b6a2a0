"""The rule TP626, sync-waves-fit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

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
    later = objects.once("later than others", _later) if waits else None
    other = later.first(item, own, objects.namespace_of(item)) if later is not None else None
    if other is not None:
        hook = _hook(other)
        message = f"{other.title} ({hook or f'wave {wave(other)}'}) is blocked while {item.title} waits for a manual promotion"
        yield Finding(waits, message, "give the pause a duration, or apply the other object separately")


def _hook(item: KubeObject) -> str:
    """Return the hook that an object is, of those that run after the sync; empty for none."""
    return next((f"{phase} hook" for key, phase in _AFTER.items() if phase in str(item.annotations.get(key))), "")


class _Place(NamedTuple):
    wave: int
    place: int
    item: KubeObject


class _Later:
    """Objects that have a sync wave or are hooks, in their order, by namespace."""

    def __init__(self) -> None:
        self._rising: dict[str | None, list[_Place]] = {}
        """Of each namespace, and for None of all, those without a hook in a later wave than all before them."""
        self._hooks: dict[str | None, list[_Place]] = {}
        """Of the same, the first two hooks after the sync: one may be the Rollout itself."""

    def add(self, namespace: str, one: _Place) -> None:
        """Add an object after the others."""
        for space in (namespace, None):
            hooks, rising = self._hooks.setdefault(space, []), self._rising.setdefault(space, [])
            if _hook(one.item):
                hooks += [one] if len(hooks) < 2 else []
            elif not rising or one.wave > rising[-1].wave:
                rising.append(one)

    def first(self, item: KubeObject, own: int, namespace: str) -> KubeObject | None:
        """Return the first other object that comes after a wave, and is or may be in a namespace."""
        found = list[_Place]()
        for space in (namespace, "") if namespace else (None,):
            rising = self._rising.get(space, [])
            found += rising[(at := bisect_right(rising, own, key=lambda one: one.wave)) : at + 1]
            found += [one for one in self._hooks.get(space, []) if one.item is not item][:1]
        return min(found, key=lambda one: one.place).item if found else None


def _later(objects: Objects) -> _Later:
    found = _Later()
    of_argo_cd = [(ROLLOUTS, kind) for kind in _OF_ARGO_CD]
    for place, item in enumerate(objects):
        if any(key in item.annotations for key in ORDER) and (item.group, item.kind) not in of_argo_cd:
            found.add(objects.namespace_of(item), _Place(wave(item), place, item))
    return found
