"""The rule TP717, anti-affinity-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import BLUE_GREEN, CANARY, number
from generator.lint.rules.rule import Finding

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The `antiAffinity` of a strategy must be either required or preferred, with a preferred weight from 1 to 100.

    With both or neither, the controller marks the Rollout InvalidSpec.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              antiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: {weight: 0}}
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              antiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: {weight: 1}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    for base in (CANARY, BLUE_GREEN):
        affinity = at(item.data, *base, "antiAffinity")
        if not isinstance(affinity, dict):
            continue
        here: Pointer = (*base, "antiAffinity")
        named = [name for name in (_REQUIRED, _PREFERRED) if affinity.get(name) is not None]
        if len(named) != 1:
            yield Finding(
                here,
                f"antiAffinity has {'both' if named else 'neither'} of its two forms",
                f"keep `{_REQUIRED}` or `{_PREFERRED}`",
            )
        weight = number(at(affinity, _PREFERRED, "weight"))
        if weight is not None and not 1 <= weight <= 100:
            yield Finding(
                (*here, _PREFERRED, "weight"), f"weight {weight} is not between 1 and 100", "set a weight from 1 to 100"
            )
