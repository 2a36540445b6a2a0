"""The rule TP203, strategy-services-differ."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import STRATEGY
from generator.lint.rules.rule import Finding

_PAIRS: tuple[tuple[Pointer, Pointer], ...] = (
    (("canary", "stableService"), ("canary", "canaryService")),
    (("canary", "pingPong", "pingService"), ("canary", "pingPong", "pongService")),
    (("blueGreen", "activeService"), ("blueGreen", "previewService")),
)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The two Services of a strategy must be different.

    The controller points one at the old pods and the other at the new ones. If both have the same name, it
    marks the Rollout InvalidSpec. The same applies if both are empty: blue-green needs an `activeService`.
    Wrong:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, previewService: web}}
    Right:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, previewService: web-preview}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    strategy = at(item.data, *STRATEGY)
    for first, second in _PAIRS:
        name = at(strategy, *first)
        if name and name == at(strategy, *second):
            message = f"{first[-1]} and {second[-1]} are both `{name}`"
            yield Finding((*STRATEGY, *second), message, "use a separate Service for each version")
    blue_green = at(strategy, "blueGreen")
    if isinstance(blue_green, dict) and not blue_green.get("activeService") and not blue_green.get("previewService"):
        pointer: Pointer = (*STRATEGY, "blueGreen", "activeService")
        yield Finding(pointer, "blue-green has no activeService", "set it to the Service that users reach")
