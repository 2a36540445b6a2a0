"""The rule TP672, known-issues."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from generator.kubernetes.issues import ISSUES, KINDS, Issue
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.target import PRODUCTS, Target
from generator.lint.rules.rule import Finding


@lru_cache(maxsize=64)
def _holding(kind: tuple[str, str], target: Target) -> tuple[Issue, ...]:
    """Return the issues of a kind of object in the versions that are stated."""
    return tuple(issue for issue in ISSUES if kind in issue.kinds and issue.holds(target))


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
    for issue in _holding((item.group, item.kind), objects.target) if (item.group, item.kind) in KINDS else ():
        name = f"{PRODUCTS[issue.product]} {getattr(objects.target, issue.product)}"
        for pointer in issue.find(item):
            yield Finding(pointer, f"with {name}, {issue.message} ({issue.source})", issue.hint)
