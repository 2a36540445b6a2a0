"""What every template of a service can use, whatever its profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.kubernetes import strategy as strategies
from generator.service.derived import by_tag, metrics


def context_of(
    data: Mapping[str, Any],
    service: str,
    environment: str,
    labels: Mapping[str, str],
    *,
    destination: str = "",
    referenced: bool = False,
) -> dict[str, Any]:
    """Return the context of templates for the merged data of a service.

    `referenced` tells whether a Rollout is generated that takes over the chart's Deployment.
    """
    rollout = data.get("rollout") or {}
    return {
        "service": service,
        "environment": environment,
        "destination": destination or None,
        "labels": labels,
        "image": data.get("image"),
        "imageByTag": by_tag(data["image"]) if "image" in data else {},
        "images": data.get("images") or {},
        "imagesByTag": {name: by_tag(image) for name, image in (data.get("images") or {}).items()},
        "replicas": data.get("replicas"),
        "autoscaling": data.get("autoscaling"),
        "metrics": metrics(data.get("autoscaling") or {}),
        "chart": data.get("chart"),
        "values": data.get("values") or {},
        "strategy": rollout.get("strategy") or None,
        "rollbackWindow": rollout.get("rollbackWindow"),
        "workload": _workload(data, rollout.get("strategy") or {}, referenced=referenced),
    }


def _workload(data: Mapping[str, Any], strategy: Mapping[str, Any], *, referenced: bool) -> dict[str, Any]:
    """Return the workload that the chart itself renders.

    A Deployment next to an autoscaled Rollout gets 0 replicas, because nothing would scale it down; one that
    already runs keeps its own.
    """
    return {
        "kind": "Rollout" if strategy and not referenced else "Deployment",
        "referenced": referenced,
        "replicas": data.get("replicas") if "autoscaling" not in data else 0 if referenced else None,
        "hasServices": strategies.uses_services(strategy),
    }
