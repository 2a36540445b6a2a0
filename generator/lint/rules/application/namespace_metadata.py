"""The rule TP813, namespace-metadata."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.applications import has_option
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`managedNamespaceMetadata` needs CreateNamespace=true.

    Without that option Argo CD does not manage the namespace, and the labels are never applied.
    Wrong:
        kind: Application
        spec:
          syncPolicy: {managedNamespaceMetadata: {labels: {team: shop}}}
    Right:
        kind: Application
        spec:
          syncPolicy: {managedNamespaceMetadata: {labels: {team: shop}}, syncOptions: [CreateNamespace=true]}
    Source: argo-cd, docs/user-guide/sync-options.md
    """
    if at(item.spec, "syncPolicy", "managedNamespaceMetadata") and not has_option(item, "CreateNamespace=true"):
        here: Pointer = ("spec", "syncPolicy", "managedNamespaceMetadata")
        yield Finding(here, "managedNamespaceMetadata has no effect without CreateNamespace=true", "add it to syncOptions")
