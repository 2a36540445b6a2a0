"""The rule TP206, deployment-strategy-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_TYPES = {
    "Deployment": ("strategy", ("RollingUpdate", "Recreate")),
    "StatefulSet": ("updateStrategy", ("RollingUpdate", "OnDelete")),
    "DaemonSet": ("updateStrategy", ("RollingUpdate", "OnDelete")),
}


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A Deployment, StatefulSet or DaemonSet must have one strategy, with the settings of that strategy only.

    The API server refuses `rollingUpdate` for any type other than RollingUpdate. After a change of the type it is
    often left over, in Git or by a merge of Helm values.
    Wrong:
        kind: Deployment
        spec:
          strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}
    Right:
        kind: Deployment
        spec:
          strategy: {type: Recreate}
    Source: kubernetes, pkg/apis/apps/validation/validation.go, ValidateDeploymentStrategy
    """
    field, known = _TYPES[item.kind]
    strategy = table(item.spec, field)
    kind = strategy.get("type") or "RollingUpdate"
    if isinstance(kind, str) and kind not in known:
        hint = suggestion(kind, known, f"use {listed(known, last='or')}")
        yield Finding(("spec", field, "type"), f"unknown type of {field} `{kind}`", hint)
    elif kind != "RollingUpdate" and strategy.get("rollingUpdate") is not None:
        message = f"a {field} of type {kind} has no rollingUpdate"
        yield Finding(("spec", field, "rollingUpdate"), message, "remove it, or set `type: RollingUpdate`")
