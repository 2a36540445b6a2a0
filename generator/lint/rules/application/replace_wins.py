"""The rule TP824, replace-wins."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import has_option, sync_options
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Replace=true and ServerSideApply=true must not be combined.

    With both, Argo CD replaces: each sync removes what controllers have written to the objects.
    Wrong:
        kind: Application
        spec:
          project: default
          destination: {name: in-cluster}
          source: {repoURL: "https://example.com/web.git", path: deploy}
          syncPolicy: {syncOptions: [Replace=true, ServerSideApply=true]}
    Right:
        kind: Application
        spec:
          project: default
          destination: {name: in-cluster}
          source: {repoURL: "https://example.com/web.git", path: deploy}
          syncPolicy: {syncOptions: [ServerSideApply=true]}
    Source: argo-cd, docs/user-guide/sync-options.md
    """
    for pointer, option in sync_options(item) if has_option(item, "Replace=true") else ():
        if option == "ServerSideApply=true":
            yield Finding(pointer, "ServerSideApply=true has no effect with Replace=true", "keep one of the two")
