"""What a plan needs to know of a resolved service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.plan.model import Workload


def workload(
    data: Mapping[str, Any], strategy: Mapping[str, Any], templates: Mapping[str, Mapping[str, Any]], replicas: int
) -> Workload:
    """Return the workload of a service with so many replicas; `data` is the resolved service."""
    values = data.get("values") or {}
    rollout = data.get("rollout") or {}
    return Workload(
        strategy,
        replicas,
        templates,
        min_ready_seconds=_whole(values.get("minReadySeconds")),
        rollback_window=_whole((rollout.get("rollbackWindow") or {}).get("revisions")),
        update_strategy=_map(_map(values.get("workload")).get("updateStrategy")),
    )


def replica_range(data: Mapping[str, Any]) -> tuple[int, int]:
    """Return the fewest and the most replicas that a resolved service runs when it is settled."""
    scaling = data.get("autoscaling") or {}
    fixed = data.get("replicas")
    if scaling:
        most = int(scaling.get("maxReplicas") or 1)
        return min(int(scaling.get("minReplicas") or 1), most), most
    return (1, 1) if fixed is None else (int(fixed), int(fixed))


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
