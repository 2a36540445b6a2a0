"""The rule TP671, field-in-version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.diagnostics import Pointer
from generator.kubernetes import since
from generator.kubernetes.applications import sync_options
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.kubernetes.phases import HOOK
from generator.kubernetes.target import PRODUCTS, Target
from generator.lint.rules.rule import Finding

_OPTIONS = "argocd.argoproj.io/sync-options"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A field, sync option or hook must exist in the version of Argo that is stated.

    The API server drops a field that its CustomResourceDefinition does not have, and nothing says so: a `plugin`
    step becomes an empty step before Argo Rollouts 1.8. Argo CD ignores an option that it does not know, and never
    applies an object with an unknown hook. The versions are `target` of the environment, or `--target`; what is not
    stated is not checked.
    Wrong:
        # --target rollouts=1.8
        kind: Rollout
        spec:
          strategy: {canary: {replicaProgressThreshold: {type: Pods, value: 1}}}
    Right:
        # --target rollouts=1.9
        kind: Rollout
        spec:
          strategy: {canary: {replicaProgressThreshold: {type: Pods, value: 1}}}
    Source: argo-rollouts and argo-cd, manifests/crds at each release; argo-cd, docs/user-guide/sync-options.md
    """
    target = objects.target
    if item.group == ROLLOUTS:
        for field in since.newer_fields(item.kind, item.data, target):
            name, version = PRODUCTS[field.product], getattr(target, field.product)
            message = f"{name} {version} has no field `{field.pointer[-1]}`, so the API server drops it"
            yield Finding(field.pointer, message, _hint(field.product, field.since))
    newer = since.newer_words(target)
    if newer:
        yield from _words(item, target, newer)


def _words(item: KubeObject, target: Target, newer: Mapping[tuple[str, str], tuple[str, str]]) -> Iterator[Finding]:
    for kind, pointer, word in (*_annotated(item, _OPTIONS, "sync-option"), *_annotated(item, HOOK, "hook"), *_stated(item)):
        found = newer.get((kind, word))
        if found:
            then = "never applies the object" if kind == "hook" else "ignores it"
            message = f"Argo CD {target.argocd} has no {kind.replace('-', ' ')} `{word}`, so it {then}"
            yield Finding(pointer, message, _hint(*found))


def _annotated(item: KubeObject, key: str, kind: str) -> Iterator[tuple[str, Pointer, str]]:
    value = item.annotations.get(key)
    for word in value.split(",") if isinstance(value, str) else ():
        yield kind, ("metadata", "annotations", key), word.strip()


def _stated(item: KubeObject) -> Iterator[tuple[str, Pointer, str]]:
    if (item.group, item.kind) == (ROLLOUTS, "Application"):
        for pointer, option in sync_options(item):
            yield "sync-option", pointer, option


def _hint(product: str, since: str) -> str:
    return f"remove it, or use {PRODUCTS[product]} {since} or newer, and state that as the target"
