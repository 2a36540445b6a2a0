"""The rule TP764, metric-provider-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.analysis_templates import metrics_of
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A metric must have exactly one provider.

    With none or several, the AnalysisRun fails as soon as it starts. Each key below `plugin` counts as a
    provider.
    Wrong:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate, provider: {prometheus: {query: up}, web: {url: "https://example.com"}}}]
    Right:
        kind: AnalysisTemplate
        spec:
          metrics: [{name: rate, provider: {prometheus: {query: up}}}]
    Source: argo-rollouts, utils/analysis/factory.go, ValidateMetric
    """
    for pointer, metric in metrics_of(item):
        provider = table(metric, "provider")
        named = [name for name, value in provider.items() if name != "plugin" and value is not None]
        named += [f"plugin {name}" for name in table(provider, "plugin")]
        if len(named) != 1:
            message = (
                f"metric `{metric.get('name')}` must have one provider, not {listed(named)}"
                if named
                else f"metric `{metric.get('name')}` has no provider"
            )
            here: Pointer = (*pointer, "provider") if "provider" in metric else pointer
            yield Finding(here, message, "keep one provider" if named else "add `provider`")
