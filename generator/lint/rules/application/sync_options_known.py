"""The rule TP811, sync-options-known."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes import words
from generator.kubernetes.applications import sync_options
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A sync option must be spelt exactly as Argo CD expects it.

    Argo CD does not reject a different spelling or an extra space, as in `= true`: the option silently has no
    effect. Nor does `PruneLast=false` or a similar option that Argo CD reads only with another value: it is the
    default, and can be removed.
    Wrong:
        kind: Application
        spec:
          syncPolicy: {syncOptions: [CreateNamespaces=true]}
    Right:
        kind: Application
        spec:
          syncPolicy: {syncOptions: [CreateNamespace=true]}
    Source: argo-cd, docs/user-guide/sync-options.md; gitops-engine, pkg/sync/common
    """
    for pointer, option in sync_options(item):
        wrong = words.wrong(option, words.SYNC_OPTIONS)
        if wrong:
            yield Finding(pointer, f"Argo CD has no sync option `{option}`", wrong)
