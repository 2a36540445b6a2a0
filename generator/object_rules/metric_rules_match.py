"""The rule TP765, metric-rules-match."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.analysis_templates import metrics_of
from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, maps
from generator.rollouts import TEMPLATES
from generator.wording import suggestion

_LONGEST = 200


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The metricName of a dry run or a retention must be a regular expression that some metric matches.

    `*` is none; all metrics are `.*`. A rule that matches nothing fails the AnalysisRun.
    Wrong:
        kind: AnalysisTemplate
        spec:
          dryRun: [{metricName: "*"}]
          metrics: [{name: rate}]
    Right:
        kind: AnalysisTemplate
        spec:
          dryRun: [{metricName: .*}]
          metrics: [{name: rate}]
    Source: argo-rollouts, utils/analysis/helpers.go, GetDryRunMetrics
    """
    names = [str(metric.get("name")) for _, metric in metrics_of(item)]
    for field in ("dryRun", "measurementRetention"):
        for index, one in maps(item.spec.get(field)):
            pattern = one.get("metricName")
            if not isinstance(pattern, str) or "{{" in pattern or len(pattern) > _LONGEST:
                continue
            here: Pointer = ("spec", field, index, "metricName")
            try:
                found = any(re.search(pattern, name) for name in names)
            except (re.error, RecursionError, OverflowError):
                yield ObjectFinding(here, f"`{pattern}` is no regular expression", "write `.*` for all metrics")
                continue
            if not found and not any(maps(item.spec.get("templates"))):
                yield ObjectFinding(
                    here, f"no metric is called like `{pattern}`", suggestion(pattern, names, "name a metric of this template")
                )


RULE = ObjectRule(
    "TP765", "metric-rules-match", Severity.ERROR, TEMPLATES, check, needs=frozenset(["dryRun", "measurementRetention"])
)
