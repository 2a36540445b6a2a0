"""The rule TP711, surge-is-no-percentage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import BLUE_GREEN, CANARY, ROLLOUT, STRATEGY
from generator.lint.rules.rule import Finding, Rule

_PERCENT = re.compile(r"[0-9]+%\Z")
_NUMBER = re.compile(r"[0-9]+\Z")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """MaxSurge and maxUnavailable as text need their percent sign.

    Argo Rollouts reads the text "25" as 25 percent, not as 25 pods, and text that is no number as nothing.
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
                    hint = f"write {value} without quotes for pods, or {value}% for a share"
                    yield Finding(here, f'"{value}" is read as {value} percent', hint)
                else:
                    yield Finding(here, f'"{value}" is no number, and is read as 0', "write a number of pods, or a percentage")


RULE = Rule(
    "TP711",
    "surge-is-no-percentage",
    Severity.WARNING,
    ROLLOUT,
    check,
    needs=frozenset(["maxSurge", "maxUnavailable"]),
    before_helm=True,
)
