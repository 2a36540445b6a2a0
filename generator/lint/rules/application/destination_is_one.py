"""The rule TP402, destination-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The destination of an Application must have either `name` or `server`.

    Argo CD rejects an Application whose destination has both, even if they mean the same cluster, or neither.
    Wrong:
        kind: Application
        spec:
          destination: {name: prod, server: "https://kubernetes.default.svc", namespace: shop}
    Right:
        kind: Application
        spec:
          destination: {server: "https://kubernetes.default.svc", namespace: shop}
    Source: argo-cd, util/argo/argo.go, GetDestinationCluster
    """
    destination = table(item.spec, "destination")
    given = [name for name in ("name", "server") if destination.get(name)]
    here: Pointer = ("spec", "destination")
    if len(given) == 2:
        yield Finding(here, "the destination has both `name` and `server`", "keep one of them")
    elif not given:
        yield Finding(here, "the destination has neither `name` nor `server`", "add server: https://kubernetes.default.svc")
