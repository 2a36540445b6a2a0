"""The resource requests of a release's pods, from a chart's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from generator.plan.model import Requests
from generator.syntax.quantities import quantity

if TYPE_CHECKING:
    from fractions import Fraction

CONTAINERS = ("resources", "extraContainers.*.resources")
"""Where values hold the resources of the containers, unless the chart's profile sets it."""

INIT_CONTAINERS = ("initContainers.*.resources",)


def pod_requests(containers: Sequence[Any], init_containers: Sequence[Any] = ()) -> Requests | None:
    """Return what a pod of these containers requests; None if no container sets one.

    Init containers run one after the other before the rest, so only the largest counts, unless it runs
    next to the others (restartPolicy: Always). A limit without a request is one.
    """
    known = [_of(container) for container in [*containers, *init_containers]]
    if not any(found for found in known):
        return None
    totals = []
    for name in ("cpu", "memory"):
        beside = [*containers, *(item for item in init_containers if _stays(item))]
        before = [item for item in init_containers if not _stays(item)]
        total = _largest([_sum(_of(item).get(name) for item in beside), *(_of(item).get(name) for item in before)])
        totals.append(None if total is None else float(total))
    return Requests(*totals)


def containers_at(values: Any, paths: Iterable[str]) -> list[dict[str, Any]]:
    """Return the containers whose resources be at these paths of a chart's values; a star is any name or place."""
    found: list[dict[str, Any]] = []
    for path in paths:
        *way, last = path.split(".")
        nodes = [values]
        for part in way:
            nodes = [child for node in nodes for child in _children(node, part)]
        for node in nodes:
            stays = node.get("restartPolicy") if isinstance(node, Mapping) else None
            found += [{"resources": child, "restartPolicy": stays} for child in _children(node, last)]
    return found


def _children(node: Any, name: str) -> list[Any]:
    if isinstance(node, Mapping):
        return list(node.values()) if name == "*" else [node[name]] if name in node else []
    return list(node) if isinstance(node, list) and name == "*" else []


def _stays(container: Any) -> bool:
    return isinstance(container, Mapping) and container.get("restartPolicy") == "Always"


def _of(container: Any) -> dict[str, Fraction]:
    """Return what one container requests, by name."""
    resources = container.get("resources") if isinstance(container, Mapping) else None
    if not isinstance(resources, Mapping):
        return {}
    found: dict[str, Fraction] = {}
    for part in ("limits", "requests"):
        given = resources.get(part)
        for name, value in (given if isinstance(given, Mapping) else {}).items():
            amount = quantity(value)
            if amount is not None:
                found[str(name)] = amount
    return found


def _sum(amounts: Iterable[Fraction | None]) -> Fraction | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known[1:], known[0]) if known else None


def _largest(amounts: Iterable[Fraction | None]) -> Fraction | None:
    return max((amount for amount in amounts if amount is not None), default=None)


def cores(amount: float) -> str:
    """Return CPU in cores for display: `2.4 CPU`."""
    return f"{_short(amount)} CPU"


def size(amount: float) -> str:
    """Return memory for display: `1.5 GiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{_short(amount)} {unit}"
        amount /= 1024
    return f"{_short(amount)} TiB"


def _short(amount: float) -> str:
    return f"{amount:.3g}" if amount < 100 else f"{amount:.0f}"
