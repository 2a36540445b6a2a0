"""The rule TP647, hook-words-known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.kubernetes import words
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_ARGO = "argocd.argoproj.io/"
_HELM = "helm.sh/"
_KNOWN = {
    f"{_ARGO}hook": ("PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete", "Skip"),
    f"{_ARGO}hook-delete-policy": ("HookSucceeded", "HookFailed", "BeforeHookCreation"),
    f"{_HELM}hook": (
        *("pre-install", "post-install", "pre-upgrade", "post-upgrade", "pre-delete", "post-delete"),
        *("pre-rollback", "post-rollback", "test", "test-success", "test-failure", "crd-install"),
    ),
    f"{_HELM}hook-delete-policy": ("hook-succeeded", "hook-failed", "before-hook-creation"),
}
_NEVER_RUN = ("pre-rollback", "post-rollback")
_OPTIONS = {f"{_ARGO}sync-options": words.OF_OBJECTS, f"{_ARGO}compare-options": words.COMPARE_OPTIONS}
_CHECKED = ((ROLLOUTS, "Application"),)
"""Kinds with a rule of their own for waves: TP818."""
_NUMBERS = (f"{_ARGO}sync-wave", f"{_HELM}hook-weight")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The annotations for hooks, waves and options must hold words that Argo CD and Helm know.

    An object whose hook is an unknown word is in no phase: it is never applied, and nothing says so. A wave that
    is not an integer is wave 0. An unknown option has no effect, which is a warning, and so is a hook for
    rollbacks of Helm, which Argo CD never runs.
    Wrong:
        kind: ConfigMap
        metadata:
          annotations: {argocd.argoproj.io/hook: Presync}
    Right:
        kind: ConfigMap
        metadata:
          annotations: {argocd.argoproj.io/hook: PreSync}
    Source: gitops-engine, pkg/sync/hook and pkg/sync/common; argo-cd, docs/user-guide/sync-waves.md and helm.md
    """
    for key, value in item.annotations.items():
        if not isinstance(value, str) or not str(key).startswith((_ARGO, _HELM)):
            continue
        here: Pointer = ("metadata", "annotations", key)
        if key in _KNOWN:
            yield from _words(value, _KNOWN[key], here)
        elif key in _OPTIONS:
            yield from _options(value, str(key), here)
        elif key in _NUMBERS and not re.fullmatch("[-+]?[0-9]{1,9}", value) and (item.group, item.kind) not in _CHECKED:
            message = f"`{value}` is not an integer, so it counts as 0"
            yield Finding(here, message, "write an integer, in quotes")


def _words(value: str, known: tuple[str, ...], here: Pointer) -> Iterator[Finding]:
    given = [word.strip() for word in value.split(",")]
    for word in given:
        if word not in known:
            hint = suggestion(word, known, f"use {listed(known, last='or')}")
            yield Finding(here, f"unknown {str(here[-1]).rpartition('/')[2]} `{word}`", hint)
    if given and all(word in _NEVER_RUN for word in given):
        message = f"Argo CD never runs a {given[0]} hook"
        yield Finding(here, message, "use pre-upgrade or post-upgrade, or remove the object", severity=Severity.WARNING)


def _options(value: str, key: str, here: Pointer) -> Iterator[Finding]:
    for option in value.split(","):
        wrong = words.wrong(option.strip(), _OPTIONS[key])
        if wrong:
            what = "sync option" if "sync" in key else "compare option"
            yield Finding(here, f"Argo CD has no {what} `{option.strip()}`", wrong, severity=Severity.WARNING)
