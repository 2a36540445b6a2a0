"""What a release of a built service consists of, as plans simulate it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.plan.model import Workload
from generator.plan.workload import workload
from generator.service.build import Built


def workload_of(built: Built, replicas: int, data: Mapping[str, Any] | None = None) -> Workload:
    """Return the workload of a service with this many replicas; `data` is the service, if it is not as it was resolved."""
    return workload(
        built.resolved.data if data is None else data,
        built.strategy,
        {item.name: item.spec for item in built.analyses},
        replicas,
        profile=built.profile.name,
        settings=built.chart.settings if built.referenced else None,
        stateful=built.is_stateful,
        rollouts=built.rollouts,
    )
