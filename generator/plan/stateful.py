"""A StatefulSet: it replaces its pods in place, from the last one down, and waits for each.

Source: kubernetes, pkg/controller/statefulset/stateful_set_control.go, updateStatefulSet
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.kubernetes.arithmetic import Pods, share
from generator.plan.model import FOREVER, Plan, Stage, Wait, Workload
from generator.syntax.wording import counted

KIND = "statefulSet"

BY_HAND = "updateStrategy OnDelete replaces a pod only when someone deletes it"

_ALL = 100
"""The share of the pods that the new version gets, in percent."""


def plan(workload: Workload) -> Plan:
    """Return the plan of a StatefulSet's update."""
    return Plan(workload, KIND, (_update(workload),))


def _update(workload: Workload) -> Stage:
    replicas = workload.replicas
    if workload.update_strategy.get("type") == "OnDelete":
        pods = Pods(0, replicas)
        return Stage("onDelete", "pods stay as they are", pods, peak=replicas, floor=replicas, wait=FOREVER, never=BY_HAND)
    new = max(0, replicas - partition(workload))
    step = at_once(workload)
    rounds = -(-new // step)
    seconds = rounds * workload.min_ready_seconds
    reached = _ALL * new / replicas if replicas else _ALL
    return Stage(
        "rollingUpdate",
        title(new, replicas, step),
        Pods(new, replicas - new),
        weight=round(reached),
        reached=reached,
        peak=replicas,
        floor=replicas - min(new, step),
        wait=Wait(seconds, seconds),
        rounds=rounds,
    )


def title(new: int, replicas: int, step: int) -> str:
    """Return what an update does: which pods, and how many at a time."""
    how = "one by one" if step == 1 else f"{step} at a time"
    return f"the last {counted(new, 'pod')}, {how}" if 0 < new < replicas else f"pods {how}, the last first"


def create(workload: Workload) -> Stage:
    """Return how the first pods start: in order, or with podManagementPolicy Parallel all at once."""
    replicas = workload.replicas
    rounds = min(replicas, 1) if workload.parallel else replicas
    seconds = rounds * workload.min_ready_seconds
    how = "first pods" if workload.parallel else "first pods, one by one"
    pods = Pods(replicas, 0)
    wait = Wait(seconds, seconds)
    return Stage("create", how, pods, weight=_ALL, reached=_ALL, peak=replicas, wait=wait, rounds=rounds)


def remarks(plan: Plan) -> Iterator[str]:
    """Yield what the strategy of a StatefulSet leaves as it is, and what it needs; nothing of other plans."""
    if plan.kind != KIND:
        return
    kept = partition(plan.workload)
    if kept and plan.replicas and not plan.all_stages[0].never:
        pods = f"the first {counted(kept, 'pod')} keep" if kept > 1 else "the first pod keeps"
        yield f"partition {kept}: {pods} the old version until the partition is lowered"
    if at_once(plan.workload) > 1:
        yield "maxUnavailable of a StatefulSet needs the feature MaxUnavailableStatefulSet; without it, pods go one by one"


def partition(workload: Workload) -> int:
    """Return how many pods keep the old version: those with a lower number."""
    given = _rolling(workload).get("partition")
    return min(given, workload.replicas) if isinstance(given, int) and not isinstance(given, bool) and given > 0 else 0


def at_once(workload: Workload) -> int:
    """Return how many pods are replaced at the same time; percentages are rounded up."""
    given = _rolling(workload).get("maxUnavailable")
    pods = share(given, workload.replicas, up=True) if isinstance(given, int | str) and not isinstance(given, bool) else 1
    return max(1, pods or 1)


def _rolling(workload: Workload) -> Mapping[str, Any]:
    given = workload.update_strategy.get("rollingUpdate")
    return given if isinstance(given, dict) else {}
