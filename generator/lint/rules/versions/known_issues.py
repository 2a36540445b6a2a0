"""The rule TP672, known-issues."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.issues import ISSUES, KINDS
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.target import PRODUCTS
from generator.lint.rules.rule import Finding

_BY_KIND = {kind: [issue for issue in ISSUES if kind in issue.kinds] for kind in KINDS}


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A manifest should not depend on what its version is known to do wrong, or no longer does.

    The table is of issues that depend on what is in a manifest; each message names its source. A version without a
    patch, such as 1.8, counts as its newest patch. The versions are `target` of the environment, or `--target`; what
    is not stated is not checked.
    Wrong:
        # --target rollouts=1.9
        kind: Rollout
        spec:
          strategy:
            canary: {dynamicStableScale: true, abortScaleDownDelaySeconds: 60, trafficRouting: {istio: {}}}
    Right:
        # --target rollouts=1.9
        kind: Rollout
        spec:
          strategy: {canary: {dynamicStableScale: true, trafficRouting: {istio: {}}}}
    Source: argo-rollouts and argo-cd, issues and release notes; argo-cd, docs/operator-manual/upgrading
    """
    for issue in _BY_KIND.get((item.group, item.kind), ()):
        if not issue.holds(objects.target):
            continue
        name = f"{PRODUCTS[issue.product]} {getattr(objects.target, issue.product)}"
        for pointer in issue.find(item):
            yield Finding(pointer, f"with {name}, {issue.message} ({issue.source})", issue.hint)
