"""The analysis templates that an analysis of a Rollout comes down to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, maps
from generator.kubernetes.rollouts import analyses


def named_by(item: KubeObject, objects: Objects) -> Iterator[tuple[Pointer, dict[str, Any], list[KubeObject]]]:
    """Yield the analyses of a Rollout with all of their templates; those left out of which one is not here."""
    for pointer, analysis in analyses(item):
        found: list[KubeObject] = []
        if _collect(analysis, item, objects, found) and found:
            yield pointer, analysis, found


def _collect(holder: dict[str, Any], item: KubeObject, objects: Objects, found: list[KubeObject]) -> bool:
    """Add the templates that an analysis or a template names, and those that they name; tell whether all are here."""
    whole = True
    for _, reference in maps(holder.get("templates")):
        cluster = bool(reference.get("clusterScope"))
        kind = "ClusterAnalysisTemplate" if cluster else "AnalysisTemplate"
        name = reference.get("templateName")
        template = objects.find(ROLLOUTS, kind, name, None if cluster else item) if isinstance(name, str) else None
        if template is None:
            whole = False
        elif all(template is not other for other in found):
            found.append(template)
            whole = _collect(template.spec, item, objects, found) and whole
    return whole


def metrics_of(template: KubeObject) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the metrics of a template, with their pointers."""
    for index, metric in maps(template.spec.get("metrics")):
        yield ("spec", "metrics", index), metric


def limit(metric: dict[str, Any], field: str) -> int | None:
    """Return a count or a limit of a metric, which may be written as text; None for an argument or nothing."""
    value = metric.get(field)
    if isinstance(value, str) and value.isascii() and value.lstrip("-").isdigit() and len(value) < _DIGITS:
        return int(value) if value.rfind("-") < 1 else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_DIGITS = 12


def is_endless(metric: dict[str, Any]) -> bool:
    """Tell whether a metric is measured indefinitely: at an interval, and without a count."""
    return bool(metric.get("interval")) and metric.get("count") in (None, 0, "0", "")
