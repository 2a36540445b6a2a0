"""The rule TP818, application-annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding

_URL = "argocd.argoproj.io/managed-by-url"
_WAVE = "argocd.argoproj.io/sync-wave"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The annotations of an Application must be ones that Argo CD accepts.

    A sync wave is an integer, and managed-by-url is an http or https URL.
    Wrong:
        kind: Application
        metadata:
          annotations: {argocd.argoproj.io/sync-wave: first}
    Right:
        kind: Application
        metadata:
          annotations: {argocd.argoproj.io/sync-wave: "-1"}
    Source: argo-cd, util/argo/argo.go, ValidateManagedByURL; docs/user-guide/sync-waves.md
    """
    url, wave = item.annotations.get(_URL), item.annotations.get(_WAVE)
    if isinstance(url, str) and not re.match(r"https?://[^\s/]+(/\S*)?\Z", url):
        yield Finding(("metadata", "annotations", _URL), f"`{url}` is not an http or https URL", "write https://…")
    if isinstance(wave, str) and not re.fullmatch("-?[0-9]{1,9}", wave):
        yield Finding(("metadata", "annotations", _WAVE), f"`{wave}` is not a valid sync wave", "write an integer, in quotes")
