"""The rule MR614, strategy-services-distinct."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, at

_PAIRS: tuple[tuple[Pointer, Pointer, bool], ...] = (
    (("canary", "stableService"), ("canary", "canaryService"), False),
    (("canary", "pingPong", "pingService"), ("canary", "pingPong", "pongService"), True),
    (("blueGreen", "activeService"), ("blueGreen", "previewService"), False),
)
"""Two fields each, and whether both must be set."""


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The Services of the old and of the new version must be two.

    One Service cannot send to one version only and to the other only. Argo Rollouts stops at InvalidSpec.
    Ping-pong needs both Services, and blue-green an active one: two that are empty are the same, too.
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    strategy = item.spec.get("strategy")
    for first, second, both in _PAIRS:
        if not isinstance(at(strategy, *first[:-1]), dict):
            continue
        one, other = at(strategy, *first), at(strategy, *second)
        here: Pointer = ("spec", "strategy")
        if one and one == other:
            message = f"`{one}` is the {first[-1]} and the {second[-1]} of {item.title}"
            yield ObjectFinding((*here, *second), message, "give each version a Service of its own")
        for field, name in ((first, one), (second, other)):
            if not name and (both or (field[-1] == "activeService" and not other)):
                yield ObjectFinding((*here, *field), f"{item.title} names no {field[-1]}", "name a Service that there is")


RULE = ObjectRule("MR614", "strategy-services-distinct", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check)
