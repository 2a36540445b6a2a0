"""The rule TP761, metrics-named."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.analysis_templates import metrics_of
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An analysis template must have metrics, its own or those of other templates, with unique names.

    Argo Rollouts does not check this before the AnalysisRun starts. By then the canary has its pods, and the
    release is aborted.
    Wrong:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate}, {name: rate}]
    Right:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate}, {name: latency}]
    Source: argo-rollouts, utils/analysis/factory.go, ValidateMetrics
    """
    names: set[str] = set()
    for pointer, metric in metrics_of(item):
        name = metric.get("name")
        if not name:
            yield Finding(pointer, "the metric has no name", "add `name`")
        elif str(name) in names:
            yield Finding((*pointer, "name"), f"two metrics are named `{name}`", "rename one of the two")
        names.add(str(name))
    if not names and not any(maps(item.spec.get("templates"))):
        yield Finding(("spec",), f"{item.title} has no metrics", "add `metrics`")
