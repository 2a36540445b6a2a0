"""The rule TP752, analysis-names-templates."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.rollouts import analyses
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An analysis must name templates.

    Without a template, no AnalysisRun is ever created: a step waits for it indefinitely, and the progress
    deadline does not apply.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20}, {analysis: {}}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20}, {analysis: {templates: [{templateName: rate}]}}]}}
    Source: argo-rollouts, rollout/analysis.go
    """
    for pointer, analysis in analyses(item):
        if not any(maps(analysis.get("templates"))):
            yield Finding(pointer, "the analysis names no template, so it never ends", "add `templates`")
