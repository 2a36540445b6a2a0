"""The rule TP852, rolling-sync-alone."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """With a RollingSync strategy, the Applications should not have automated syncs.

    The ApplicationSet syncs the Applications itself, group by group, and disables `automated` in each of them,
    including pruning and self-healing.
    Wrong:
        kind: ApplicationSet
        spec:
          generators: [{list: {elements: [{env: dev}]}}]
          strategy: {type: RollingSync}
          template:
            metadata: {name: web}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
              syncPolicy: {automated: {selfHeal: true}}
    Right:
        kind: ApplicationSet
        spec:
          generators: [{list: {elements: [{env: dev}]}}]
          strategy: {type: RollingSync}
          template:
            metadata: {name: web}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Source: argo-cd, docs/operator-manual/applicationset/Progressive-Syncs.md
    """
    pointer: Pointer = ("spec", "template", "spec", "syncPolicy", "automated")
    if at(item.spec, "strategy", "type") == "RollingSync" and isinstance(at(item.data, *pointer), dict):
        yield Finding(pointer, "automated has no effect with RollingSync", "remove it, or the strategy")
