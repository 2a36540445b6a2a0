"""The rule TP772, metric-can-fail."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.analysis_templates import is_endless, limit, metrics_of
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding
from generator.syntax.wording import counted

_JUDGE_THEMSELVES = ("job", "kayenta", "plugin")
"""Providers that say by themselves whether a measurement succeeded, or may."""
_ALL = (".*", "^.*$", ".+", "(.*)")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A metric must be able to fail, or the analysis stops no release.

    A metric fails when more measurements fail than `failureLimit` permits, so with a `count` that is not greater
    than the limit it never does: an error for one measurement, which is what a metric without `count` and
    `interval` has, and a warning for several. Two more cases are warnings: a metric without `successCondition`
    and `failureCondition`, whose every measurement succeeds, and a `dryRun` of all metrics.
    Wrong:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate, failureLimit: 1, successCondition: "result[0] > 0.95"}]
    Right:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate, interval: 1m, count: 3, failureLimit: 1, successCondition: "result[0] > 0.95"}]
    Source: argo-rollouts, analysis/analysis.go, assessMetricStatus; utils/evaluate/evaluate.go; issue 4393
    """
    for pointer, metric in metrics_of(item):
        failures, count = limit(metric, "failureLimit") or 0, limit(metric, "count") or 0
        measured = count or (0 if is_endless(metric) or "count" in metric else 1)
        if 0 < measured <= failures and not metric.get("consecutiveSuccessLimit"):
            times = counted(measured, "measurement")
            message = f"the metric can never fail: it permits {counted(failures, 'failure')} of {times}"
            hint = f"set `failureLimit` below {measured}, or raise `count`"
            severity = Severity.ERROR if measured == 1 else Severity.WARNING
            yield Finding((*pointer, "failureLimit"), message, hint, severity=severity)
        provider = table(metric, "provider")
        judged = metric.get("successCondition") or metric.get("failureCondition")
        if provider and not judged and not any(name in provider for name in _JUDGE_THEMSELVES):
            message = f"metric `{metric.get('name')}` has no condition, so every measurement is successful"
            yield Finding(pointer, message, "add `successCondition` or `failureCondition`", severity=Severity.WARNING)
    for index, one in maps(item.spec.get("dryRun")):
        if one.get("metricName") in _ALL:
            message = "all metrics are a dry run, so the analysis stops no release"
            hint = "remove it, or name the metrics that are tried out"
            yield Finding(("spec", "dryRun", index, "metricName"), message, hint, severity=Severity.WARNING)
