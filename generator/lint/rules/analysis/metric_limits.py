"""The rule TP762, metric-limits."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.analysis_templates import limit, metrics_of
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding

_LEAST = {"failureLimit": -1, "consecutiveSuccessLimit": 0, "inconclusiveLimit": 0, "consecutiveErrorLimit": 0}
_LARGEST = 2**31 - 1


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The limits of a metric must be ones that its `count` can reach.

    No limit may be below 0, except a `failureLimit` of -1, which never fails; with that and no
    `consecutiveSuccessLimit`, the metric never gets a result. The count must be large enough for the limits.
    The AnalysisRun reports all this only when canary pods already serve traffic.
    Wrong:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate, interval: 1m, count: 3, failureLimit: 5}]
    Right:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate, interval: 1m, count: 10, failureLimit: 5}]
    Source: argo-rollouts, utils/analysis/factory.go, ValidateMetric
    """
    for pointer, metric in metrics_of(item):
        for field, least in _LEAST.items():
            value = limit(metric, field)
            if value is not None and value > _LARGEST:
                yield Finding((*pointer, field), f"{field} is {value}; the maximum is {_LARGEST}", "set a smaller number")
            if value is not None and value < least:
                yield Finding((*pointer, field), f"{field} is {value}; the minimum is {least}", f"set {least} or more")
        failures, successes = limit(metric, "failureLimit") or 0, limit(metric, "consecutiveSuccessLimit") or 0
        if failures == -1 and successes == 0:
            message = "with failureLimit -1 and no consecutiveSuccessLimit the metric never gets a result"
            yield Finding((*pointer, "failureLimit"), message, "add `consecutiveSuccessLimit`")
        count = limit(metric, "count") or 0
        if count > _LARGEST:
            yield Finding((*pointer, "count"), f"count is {count}; the maximum is {_LARGEST}", "set a smaller number")
        needed = max(failures, 0) + successes
        if 0 < count < needed:
            message = f"count {count} is less than {needed}, the sum of failureLimit and consecutiveSuccessLimit"
            yield Finding((*pointer, "count"), message, f"set `count` to {needed} or more, or lower the limits")
        inconclusive = limit(metric, "inconclusiveLimit") or 0
        if 0 < count < inconclusive:
            message = f"count {count} is less than inconclusiveLimit {inconclusive}"
            yield Finding((*pointer, "count"), message, "raise `count`, or lower the limit")
