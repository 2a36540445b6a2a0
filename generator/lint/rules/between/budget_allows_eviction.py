"""The rule TP633, budget-allows-eviction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.kubernetes.autoscalers import SCALABLE, least_replicas
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.workloads import Pods, has_unknown_pods, selected
from generator.lint.rules.rule import Finding

_PERCENT = re.compile(r"([0-9]{1,9})%\Z")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A PodDisruptionBudget should allow at least one eviction, and be the only one for its pods.

    A budget that allows none blocks every node drain, and so every upgrade of the cluster; percentages are
    rounded up. A pod with two budgets cannot be evicted either.
    Wrong:
        kind: PodDisruptionBudget
        spec: {maxUnavailable: 0, selector: {matchLabels: {app: web}}}
    Right:
        kind: PodDisruptionBudget
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
    Source: kubernetes.io/docs/tasks/run-application/configure-pdb; kubernetes, pkg/registry/core/pod/storage/eviction.go
    """
    most, least = item.spec.get("maxUnavailable"), item.spec.get("minAvailable")
    if isinstance(most, int | str) and not isinstance(most, bool) and str(most) in ("0", "0%"):
        yield Finding(("spec", "maxUnavailable"), f"{item.title} never allows an eviction", "allow at least 1")
    elif isinstance(least, str) and (percent := _PERCENT.match(least)) and int(percent[1]) >= 100:
        yield Finding(("spec", "minAvailable"), f"{item.title} never allows an eviction", "set it below 100%")
    elif least is not None:
        yield from _too_many(item, least, objects)
    yield from _second(item, objects)


def _too_many(item: KubeObject, least: Any, objects: Objects) -> Iterator[Finding]:
    found = selected(item.spec.get("selector"), item, objects)
    replicas = [_replicas(pods, objects) for pods in found]
    if not replicas or None in replicas or has_unknown_pods(item, objects):
        return
    run = sum(number for number in replicas if number)
    percent = _PERCENT.match(least) if isinstance(least, str) else None
    wanted = -(-run * int(percent[1]) // 100) if percent else least
    if isinstance(wanted, int) and not isinstance(wanted, bool) and wanted >= run > 0:
        whose = found[0].owner.title if len(found) == 1 else f"the {len(found)} workloads that it selects"
        have = "has" if len(found) == 1 else "have"
        asked = f"{least} (rounded up to {wanted})" if percent else f"{least}"
        message = f"{item.title} never allows an eviction: minAvailable is {asked}, and {whose} {have} only {run}"
        yield Finding(("spec", "minAvailable"), message, "reduce it, use maxUnavailable, or run more pods")


def _replicas(pods: Pods, objects: Objects) -> int | None:
    owner = pods.owner
    return least_replicas(owner, objects) if (owner.group, owner.kind) in SCALABLE else None


def _second(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    budgets = objects.once("budgets by pods", _by_pods)
    for pods in selected(item.spec.get("selector"), item, objects):
        first = budgets[id(pods.owner)]
        if first is not item:
            message = f"{item.title} and {first.title} both select the pods of {pods.owner.title}"
            yield Finding(("spec", "selector"), message, "keep one of the two: a pod with two budgets cannot be evicted")
            return


def _by_pods(objects: Objects) -> dict[int, KubeObject]:
    """Return the first budget that selects pods, by the identity of their owner."""
    found: dict[int, KubeObject] = {}
    for budget in objects.of("policy", "PodDisruptionBudget"):
        for pods in selected(budget.spec.get("selector"), budget, objects):
            found.setdefault(id(pods.owner), budget)
    return found
