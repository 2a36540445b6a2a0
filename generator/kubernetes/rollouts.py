"""What a Rollout says, read from any data: a manifest may hold anything anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.arithmetic import bounds
from generator.kubernetes.objects import ROLLOUTS, KubeObject, at, maps

ROLLOUT = ((ROLLOUTS, "Rollout"),)
"""The kind that most rules about strategies look at."""

STRATEGY: Pointer = ("spec", "strategy")
CANARY: Pointer = (*STRATEGY, "canary")
STEPS: Pointer = (*CANARY, "steps")
ROUTING: Pointer = (*CANARY, "trafficRouting")
BLUE_GREEN: Pointer = (*STRATEGY, "blueGreen")

ACTIONS = ("pause", "setCanaryScale", "setWeight", "experiment", "analysis", "setHeaderRoute", "setMirrorRoute", "plugin")
"""What a step can do, in the order in which the controller asks whether it is done."""

ANALYSES = frozenset(["analysis", "prePromotionAnalysis", "postPromotionAnalysis", "experiment", "templates"])
"""Keys, one of which is there where an analysis is."""

TEMPLATES = ((ROLLOUTS, "AnalysisTemplate"), (ROLLOUTS, "ClusterAnalysisTemplate"))


def table(node: Any, *path: str | int) -> dict[str, Any]:
    """Return the map at a path of any data; an empty one if absent."""
    for part in path:
        node = node.get(part) if isinstance(node, dict) else at(node, part)
    return node if isinstance(node, dict) else {}


def number(value: Any) -> int | None:
    """Return an integer; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def canary(item: KubeObject) -> dict[str, Any]:
    """Return the canary strategy of a Rollout; empty if absent."""
    return table(item.data, *CANARY)


def blue_green(item: KubeObject) -> dict[str, Any]:
    """Return the blue-green strategy of a Rollout; empty if absent."""
    return table(item.data, *BLUE_GREEN)


def routing(item: KubeObject) -> dict[str, Any]:
    """Return the traffic routing of a Rollout; empty without a traffic router."""
    return table(item.data, *ROUTING)


def steps(item: KubeObject) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the steps of a canary, with their pointers; a value that is null is not there, as for the API server."""
    for index, step in maps(at(item.data, *STEPS)):
        whole = None not in step.values()
        yield (*STEPS, index), step if whole else {name: value for name, value in step.items() if value is not None}


def weights(item: KubeObject) -> Iterator[tuple[Pointer, int]]:
    """Yield the weights that a canary asks for, with their pointers."""
    for pointer, step in steps(item):
        weight = number(step.get("setWeight"))
        if weight is not None:
            yield (*pointer, "setWeight"), weight


def gate(item: KubeObject) -> Pointer:
    """Return where a release of a Rollout first waits for a person; () where it never does."""
    for pointer, step in steps(item):
        pause = step.get("pause")
        if isinstance(pause, dict) and pause.get("duration") is None:
            return (*pointer, "pause")
    return (*BLUE_GREEN, "autoPromotionEnabled") if blue_green(item).get("autoPromotionEnabled") is False else ()


def surge(item: KubeObject, replicas: int) -> int:
    """Return how many pods a canary may add to this many replicas, as the controller computes it."""
    given = canary(item)
    most, missing = (given.get(field) for field in ("maxSurge", "maxUnavailable"))
    return bounds(_int_or_percent(most), _int_or_percent(missing), replicas).surge


def _int_or_percent(value: Any) -> int | str | None:
    """Return a value that the API would accept as a number or percentage; the default for anything else."""
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def whole_weight(item: KubeObject) -> int:
    """Return the weight that means all traffic: 100, or maxTrafficWeight."""
    return number(routing(item).get("maxTrafficWeight")) or 100


def analyses(item: KubeObject) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the analyses of a Rollout that name templates, with their pointers; each of an experiment on its own."""
    blocks = (
        (*CANARY, "analysis"),
        (*BLUE_GREEN, "prePromotionAnalysis"),
        (*BLUE_GREEN, "postPromotionAnalysis"),
    )
    for block in blocks:
        analysis = at(item.data, *block)
        if isinstance(analysis, dict):
            yield block, analysis
    for pointer, step in steps(item):
        if isinstance(step.get("analysis"), dict):
            yield (*pointer, "analysis"), step["analysis"]
        for index, analysis in maps(at(step, "experiment", "analyses")):
            yield (*pointer, "experiment", "analyses", index), {**analysis, "templates": [analysis]}
