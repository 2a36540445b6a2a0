"""The rule TP765, metric-rules-match."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.analysis_templates import metrics_of
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.lint.rules.rule import Finding
from generator.syntax.patterns import LargePatternError, PatternError, compiled
from generator.syntax.wording import suggestion

_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
"""Text that Go's regular expressions take as it is, between two marks that Python does not know."""

_MOST = 2_000_000
"""The most work to spend on one template: states of the patterns, times the characters of all metric names."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The `metricName` of a dry run or a retention must be a regular expression that matches a metric.

    `*` is not a regular expression; `.*` matches all metrics. A rule that matches nothing fails the
    AnalysisRun.
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
    letters, left = 1 + sum(map(len, names)), _MOST
    for field in ("dryRun", "measurementRetention"):
        for index, one in maps(item.spec.get(field)):
            pattern = one.get("metricName")
            if not isinstance(pattern, str) or "{{" in pattern:
                continue
            here: Pointer = ("spec", field, index, "metricName")
            try:
                wanted = compiled(_QUOTED.sub(lambda match: re.escape(match[1]), pattern))
                left -= wanted.size * letters
                if left < 0:
                    return  # too expensive: a missed finding is better than a check that hangs on hostile input
                found = any(wanted.search(name) for name in names)
            except LargePatternError:
                continue
            except PatternError as error:
                message = f"`{pattern}` is not a regular expression: {error}"
                yield Finding(here, message, "write `.*` for all metrics")
                continue
            if not found and not any(maps(item.spec.get("templates"))):
                yield Finding(
                    here,
                    f"no metric matches `{pattern}`",
                    suggestion(pattern, names, "use the name of a metric of this template"),
                )
