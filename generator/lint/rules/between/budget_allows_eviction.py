"""The rule TP633, budget-allows-eviction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.kubernetes.autoscalers import SCALABLE, least_replicas
from generator.kubernetes.label_index import Bits, first_place, places
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pod_index import has_unknown_pods, pod_index, selected
from generator.kubernetes.workloads import Pods
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
    replicas = pod_index(objects).by("replicas", lambda pods: [_replicas(pods, objects)])
    if not found or replicas.of(None) & found or has_unknown_pods(item, objects):
        return
    run = sum(number * (replicas.of(number) & found).bit_count() for number in replicas.among(found))
    several = found.bit_count()
    percent = _PERCENT.match(least) if isinstance(least, str) else None
    wanted = -(-run * int(percent[1]) // 100) if percent else least
    if isinstance(wanted, int) and not isinstance(wanted, bool) and wanted >= run > 0:
        whose = pod_index(objects).first(found).owner.title if several == 1 else f"the {several} workloads that it selects"
        have = "has" if several == 1 else "have"
        asked = f"{least} (rounded up to {wanted})" if percent else f"{least}"
        message = f"{item.title} never allows an eviction: minAvailable is {asked}, and {whose} {have} only {run}"
        yield Finding(("spec", "minAvailable"), message, "reduce it, use maxUnavailable, or run more pods")


def _replicas(pods: Pods, objects: Objects) -> int | None:
    owner = pods.owner
    return least_replicas(owner, objects) if (owner.group, owner.kind) in SCALABLE else None


class _Firsts(NamedTuple):
    by_place: dict[int, KubeObject]
    """The first budget that selects pods, by their place among all pods."""
    pods: dict[int, Bits]
    """The pods of which a budget is the first, by its identity."""


def _second(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    firsts = objects.once("budgets by pods", _firsts)
    others = selected(item.spec.get("selector"), item, objects) & ~firsts.pods[id(item)]
    if others:
        pods, first = pod_index(objects).first(others), firsts.by_place[first_place(others)]
        message = f"{item.title} and {first.title} both select the pods of {pods.owner.title}"
        yield Finding(("spec", "selector"), message, "keep one of the two: a pod with two budgets cannot be evicted")


def _firsts(objects: Objects) -> _Firsts:
    found, taken = _Firsts({}, {}), 0
    for budget in objects.of("policy", "PodDisruptionBudget"):
        left = selected(budget.spec.get("selector"), budget, objects) & ~taken
        taken |= left
        found.pods[id(budget)] = left
        found.by_place.update(dict.fromkeys(places(left), budget))
    return found
