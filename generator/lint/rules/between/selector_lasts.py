"""The rule TP627, selector-lasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, at
from generator.lint.rules.between.strategy_services_exist import services
from generator.lint.rules.rule import Finding

_CHANGING = ("app.kubernetes.io/version", "helm.sh/chart")
_OF_RELEASE = (*_CHANGING, "version")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A selector should not contain labels that change with a release: a version, or a chart.

    The selector of a workload cannot be changed. A Service that selects by version loses the pods of every
    other version; if a Rollout manages it, the next version makes the Rollout InvalidSpec in the middle of
    the release.
    Wrong:
        kind: Service
        metadata: {name: web-canary}
        spec:
          selector: {app: web, app.kubernetes.io/version: "1.8.0"}
          ports: [{port: 80}]
    Right:
        kind: Service
        metadata: {name: web-canary}
        spec:
          selector: {app: web}
          ports: [{port: 80}]
    Source: argo-rollouts issue 3947; helm.sh/docs/chart_best_practices/labels
    """
    pointer: Pointer = ("spec", "selector") if item.kind == "Service" else ("spec", "selector", "matchLabels")
    labels: Any = at(item.data, *pointer)
    if not isinstance(labels, dict):
        return
    switched = item.kind == "Service" and id(item) in objects.once("switched services", _switched)
    for key in _OF_RELEASE if switched else _CHANGING:
        if key in labels:
            hint = "select by labels that stay the same: the name and the instance"
            yield Finding((*pointer, key), f"the selector of {item.title} changes with each release: `{key}`", hint)


def _switched(objects: Objects) -> set[int]:
    found = (objects.referred(name, rollout) for rollout in objects.of(ROLLOUTS, "Rollout") for name in services(rollout))
    return {id(service) for service in found if service is not None}
