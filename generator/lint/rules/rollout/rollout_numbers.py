"""The rule TP701, rollout-numbers."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import number
from generator.lint.rules.rule import Finding

_FIELDS = ("replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The numbers of a Rollout must not be negative, and its progress deadline must be longer than `minReadySeconds`.

    A pod is available only after `minReadySeconds`, so with a shorter or equal deadline every release would
    fail; the controller marks the Rollout InvalidSpec. The default deadline is 600 seconds.
    Wrong:
        kind: Rollout
        spec: {minReadySeconds: 60, progressDeadlineSeconds: 60}
    Right:
        kind: Rollout
        spec: {minReadySeconds: 60, progressDeadlineSeconds: 600}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, ValidateRolloutSpec
    """
    for field in _FIELDS:
        value = number(item.spec.get(field))
        if value is not None and value < 0:
            yield Finding(("spec", field), f"{field} is {value}; the minimum is 0", "set 0 or more")
    ready = number(item.spec.get("minReadySeconds")) or 0
    deadline = number(item.spec.get("progressDeadlineSeconds"))
    if ready >= (600 if deadline is None else deadline) and (ready > 0 or deadline == 0):
        field = "minReadySeconds" if deadline is None else "progressDeadlineSeconds"
        message = f"progressDeadlineSeconds {600 if deadline is None else deadline} is not greater than minReadySeconds {ready}"
        yield Finding(("spec", field), message, "raise `progressDeadlineSeconds`, or lower `minReadySeconds`")
