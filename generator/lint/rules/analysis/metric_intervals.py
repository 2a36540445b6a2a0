"""The rule TP763, metric-intervals."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.analysis_templates import limit, metrics_of
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding
from generator.syntax.durations import go_seconds


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`interval` and `initialDelay` of a metric must be Go durations, and several measurements need an `interval`.

    Unlike in a pause, a number without a unit is not a valid duration here: `60` is rejected, `60s` is
    accepted.
    Wrong:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate, interval: "60", count: 5}]
    Right:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate, interval: 60s, count: 5}]
    Source: argo-rollouts, utils/analysis/factory.go, ValidateMetric
    """
    for pointer, metric in metrics_of(item):
        for field in ("interval", "initialDelay"):
            value = metric.get(field)
            if value not in (None, "") and not _is_argument(value) and go_seconds(value) is None:
                hint = (
                    f"write {value}s"
                    if isinstance(value, int) or str(value).isdigit()
                    else "write a number with its unit, such as 1m30s"
                )
                yield Finding((*pointer, field), f"`{value}` is not a valid duration", hint)
        if (limit(metric, "count") or 0) > 1 and not metric.get("interval"):
            message = f"{metric['count']} measurements need an interval"
            yield Finding((*pointer, "count"), message, "add `interval`, such as 1m")


def _is_argument(value: object) -> bool:
    return isinstance(value, str) and "{{" in value
