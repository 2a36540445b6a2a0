"""The rule TP719, progress-threshold."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import CANARY, canary, number, table
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A `replicaProgressThreshold` must be of type `Percent`, from 1 to 100, or of type `Pods`.

    An unknown type counts as `Pods`. More than 100 percent is never reached, so the step waits indefinitely.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {replicaProgressThreshold: {type: Pod, value: 1}}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {replicaProgressThreshold: {type: Pods, value: 1}}}
    Source: argo-rollouts, utils/replicaset/canary.go, AtDesiredReplicaCountsForCanary
    """
    threshold = table(canary(item), "replicaProgressThreshold")
    here: Pointer = (*CANARY, "replicaProgressThreshold")
    kind, value = threshold.get("type"), number(threshold.get("value"))
    if threshold and kind not in ("Percent", "Pods"):
        hint = suggestion(str(kind), ("Percent", "Pods"), "use Percent or Pods")
        yield Finding((*here, "type"), f"unknown type `{kind}` is read as `Pods`", hint)
    if value is not None and (value <= 0 or (kind == "Percent" and value > 100)):
        yield Finding(
            (*here, "value"),
            f"{value} {'percent' if kind == 'Percent' else 'pods'} is not a valid threshold",
            "set 1 or more, and at most 100 percent",
        )
