"""The rule MR402, destination-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.build import Built
from generator.diagnostics import Severity
from generator.rules.rule import Finding, Rule


def check(built: Built) -> Iterator[Finding]:
    """An Application goes to one cluster: by `name` or by `server`, not by both.

    Argo CD refuses an Application whose destination has both, even if they mean the same cluster.
    Wrong:
        # environments/prod.yaml
        spec:
          argocd: {project: shop, destination: {name: prod, server: "https://10.0.0.1", namespace: shop}}
    Right:
        # environments/prod.yaml
        spec:
          argocd: {project: shop, destination: {name: prod, namespace: shop}}
    Source: argo-cd, util/argo/argo.go, GetDestinationCluster
    """
    destination = built.application["destination"]
    if "name" in destination and "server" in destination:
        where = built.resolved.environment.source.path
        yield Finding((), "the destination has both `name` and `server`", f"keep one of them in {where}")


RULE = Rule("MR402", "destination-is-one", Severity.ERROR, check)
