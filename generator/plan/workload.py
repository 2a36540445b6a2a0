"""The input of a plan, from a resolved service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.plan.controller import controller
from generator.plan.model import DEADLINE, Workload

CHART_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "service": {"replicaCount": 2, "progressDeadlineSeconds": 600, "progressDeadlineAbort": True}
}
"""The defaults of a chart, from its profile."""


def workload(
    data: Mapping[str, Any],
    strategy: Mapping[str, Any],
    templates: Mapping[str, Mapping[str, Any]],
    replicas: int,
    *,
    profile: str = "",
    settings: Mapping[str, Any] | None = None,
    stateful: bool = False,
    rollouts: str = "",
) -> Workload:
    """Return the workload of a service with this many replicas; `data` is the resolved service.

    `rollouts`: the version of Argo Rollouts that carries the strategy out; empty if it is not stated.

    `stateful`: whether it is a StatefulSet if it has no strategy.

    `settings` are those of a Rollout generated next to the chart; without one, the chart's values have them.
    """
    values = data.get("values") or {}
    chosen = _map(values.get("workload"))
    rollout = data.get("rollout") or {}
    said = {**CHART_DEFAULTS.get(profile, {}), **values} if settings is None else settings
    return Workload(
        strategy,
        replicas,
        templates,
        min_ready_seconds=_whole(said.get("minReadySeconds")),
        rollback_window=_whole((rollout.get("rollbackWindow") or {}).get("revisions")),
        update_strategy=_map(chosen.get("updateStrategy")),
        deadline=_whole(said.get("progressDeadlineSeconds")) or DEADLINE,
        aborts_late=bool(strategy) and said.get("progressDeadlineAbort") is True,
        stateful=stateful and not strategy,
        parallel=chosen.get("podManagementPolicy") == "Parallel",
        controller=controller(rollouts),
    )


def replica_range(data: Mapping[str, Any], profile: str = "") -> tuple[int, int]:
    """Return the fewest and the most replicas that a resolved service runs when it is settled.

    By default, the chart's own default counts if it is the shipped chart, otherwise 1.
    """
    scaling = data.get("autoscaling") or {}
    fixed = data.get("replicas")
    if scaling:
        most = int(scaling.get("maxReplicas") or 1)
        return min(int(scaling.get("minReplicas") or 1), most), most
    count = CHART_DEFAULTS.get(profile, {}).get("replicaCount", 1) if fixed is None else int(fixed)
    return count, count


def assumptions(data: Mapping[str, Any], profile: str, *, kind: str, is_strategy_known: bool = True) -> tuple[str, ...]:
    """Return the assumptions of a plan about a chart other than the shipped one.

    `kind` runs its pods. `is_strategy_known` tells whether a Rollout has the strategy of the spec.
    """
    if profile in CHART_DEFAULTS:
        return ()
    found = []
    if data.get("replicas") is None and not data.get("autoscaling"):
        found.append("how many replicas the chart runs without `replicas` and `autoscaling`: 1 is assumed")
    if kind == "StatefulSet":
        found.append("updateStrategy of the chart's own StatefulSet: a rolling update without partition is assumed")
    elif kind == "Rollout" and not is_strategy_known:
        found.append("the strategy of the chart's own Rollout, which the spec does not have: a rolling update is assumed")
    elif kind == "Deployment":
        found.append("maxSurge and maxUnavailable of the chart's own Deployment: the default of 25 % is assumed")
    return tuple(found)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
