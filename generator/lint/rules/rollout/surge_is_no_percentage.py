"""The rule TP711, surge-is-no-percentage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import BLUE_GREEN, CANARY, STRATEGY
from generator.lint.rules.rule import Finding

_PERCENT = re.compile(r"[0-9]+%\Z")
_NUMBER = re.compile(r"[0-9]+\Z")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`maxSurge` and `maxUnavailable` must have a percent sign if they are strings.

    Argo Rollouts reads the string `"25"` as 25 percent, not as 25 pods, and a string that is not a number as 0.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {maxSurge: "5"}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {maxSurge: 5%}}
    Source: k8s.io/apimachinery, pkg/util/intstr, GetValueFromIntOrPercent; argo-rollouts, utils/defaults/defaults.go
    """
    for name, base in (("canary", CANARY), ("blueGreen", BLUE_GREEN)):
        for field in ("maxSurge", "maxUnavailable"):
            value = at(item.data, *STRATEGY, name, field)
            if isinstance(value, str) and not _PERCENT.match(value):
                here: Pointer = (*base, field)
                if _NUMBER.match(value):
                    hint = f"write {value} without quotes for pods, or {value}% for a percentage"
                    yield Finding(here, f'"{value}" is read as {value} percent', hint)
                else:
                    yield Finding(
                        here, f'"{value}" is not a number, and is read as 0', "write a number of pods, or a percentage"
                    )
