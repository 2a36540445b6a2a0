"""When Argo CD applies an object: phases, and the waves in them."""

from __future__ import annotations

import re
from typing import Any

from generator.kubernetes.objects import KubeObject

WAVE = "argocd.argoproj.io/sync-wave"
HOOK = "argocd.argoproj.io/hook"
HELM_HOOK = "helm.sh/hook"
_HELM_WEIGHT = "helm.sh/hook-weight"
ORDER = (WAVE, HOOK, HELM_HOOK)
"""The annotations, one of which an object has that is applied earlier or later than others."""
_NUMBER = re.compile(r"[-+]?[0-9]{1,9}")

PHASES = ("PreSync", "Sync", "PostSync")
_OF_HELM = {
    **dict.fromkeys(("crd-install", "pre-install", "pre-upgrade"), "PreSync"),
    **dict.fromkeys(("post-install", "post-upgrade"), "PostSync"),
}


def number(text: Any) -> int | None:
    """Return the wave that an annotation says; None for what is not a number."""
    return int(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else None


def wave(item: KubeObject) -> int:
    """Return the wave of an object: its sync wave, else the weight of its Helm hook, else 0.

    Source: gitops-engine, pkg/sync/syncwaves/waves.go
    """
    stated = (number(item.annotations.get(key)) for key in (WAVE, _HELM_WEIGHT))
    return next((value for value in stated if value is not None), 0)


def first_phase(item: KubeObject) -> str:
    """Return the first phase that an object is applied in; empty if a sync does not apply it.

    Source: gitops-engine, pkg/sync/hook/hook.go, Types
    """
    stated = _words(item, HOOK)
    if not stated:
        of_helm = _words(item, HELM_HOOK)
        stated = [_OF_HELM.get(word, "") for word in of_helm] if of_helm else ["Sync"]
    return next((phase for phase in PHASES if phase in stated), "")


def _words(item: KubeObject, key: str) -> list[str]:
    value = item.annotations.get(key)
    return [word.strip() for word in value.split(",")] if isinstance(value, str) and value else []


def is_later(item: KubeObject, other: KubeObject) -> bool:
    """Tell whether a sync applies an object only when another one is healthy."""
    phase, before = first_phase(item), first_phase(other)
    if not phase or not before:
        return False
    return (PHASES.index(phase), wave(item)) > (PHASES.index(before), wave(other))
