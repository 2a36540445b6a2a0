"""The rule TP817, application-finalizers."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, texts
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion

_KNOWN = (
    "resources-finalizer.argocd.argoproj.io",
    "resources-finalizer.argocd.argoproj.io/background",
    "resources-finalizer.argocd.argoproj.io/foreground",
    "post-delete-finalizer.argocd.argoproj.io",
    "post-delete-finalizer.argocd.argoproj.io/cleanup",
    "pre-delete-finalizer.argocd.argoproj.io",
    "pre-delete-finalizer.argocd.argoproj.io/cleanup",
)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A finalizer of an Application must be one that Argo CD knows.

    With `resources-finalizer.argocd.argoproj.io`, deleting the Application deletes the resources that it
    deployed; without it they stay behind. Nothing removes a misspelt finalizer, so the Application cannot
    be deleted.
    Wrong:
        kind: Application
        metadata:
          finalizers: [resource-finalizer.argocd.argoproj.io]
    Right:
        kind: Application
        metadata:
          finalizers: [resources-finalizer.argocd.argoproj.io]
    Source: argo-cd, docs/user-guide/app_deletion.md; issue 8444
    """
    for index, name in texts(item.metadata.get("finalizers")):
        if name not in _KNOWN and "argocd" in name:
            hint = suggestion(name, _KNOWN, f"use {_KNOWN[0]}")
            yield Finding(("metadata", "finalizers", index), f"Argo CD has no finalizer `{name}`", hint)
