"""The rule MR614, strategy-services-distinct."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, at

_PAIRS: tuple[tuple[Pointer, Pointer], ...] = (
    (("canary", "stableService"), ("canary", "canaryService")),
    (("canary", "pingPong", "pingService"), ("canary", "pingPong", "pongService")),
    (("blueGreen", "activeService"), ("blueGreen", "previewService")),
)


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The Services of the old and of the new version must be two.

    One Service cannot send to one version only and to the other only. Argo Rollouts stops at InvalidSpec.
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    strategy = item.spec.get("strategy")
    for first, second in _PAIRS:
        name = at(strategy, *first)
        if name and name == at(strategy, *second):
            message = f"`{name}` is the {first[-1]} and the {second[-1]} of {item.title}"
            yield ObjectFinding(("spec", "strategy", *second), message, "give each version a Service of its own")


RULE = ObjectRule("MR614", "strategy-services-distinct", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check)
