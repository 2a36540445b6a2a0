"""The rule TP402, destination-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.applications import APPLICATION
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding, Rule


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An Application goes to one cluster: by `name` or by `server`, not by both.

    Argo CD refuses an Application whose destination has both, even if they mean the same cluster, and one
    that has neither.
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
        yield Finding(here, "the destination has no `name` and no `server`", "add server: https://kubernetes.default.svc")


RULE = Rule("TP402", "destination-is-one", Severity.ERROR, APPLICATION, check, before_helm=True)
