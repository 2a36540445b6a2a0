"""The rule TP768, step-analysis-ends."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.analysis_templates import is_endless, metrics_of, named_by
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import CANARY
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An analysis that a release waits for must end.

    A metric with an `interval` but no `count` is measured indefinitely. A background analysis may do that; in a
    step, or before or after the promotion, it makes the Rollout InvalidSpec.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20}, {analysis: {templates: [{templateName: rate}]}}]}}
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
        spec:
          metrics: [{name: rate, interval: 1m}]
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20}, {analysis: {templates: [{templateName: rate}]}}]}}
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
        spec:
          metrics: [{name: rate, interval: 1m, count: 5}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation_references.go, ValidateAnalysisTemplateWithType
    """
    for pointer, _, found in named_by(item, objects):
        if pointer == (*CANARY, "analysis") or "experiment" in pointer:
            continue
        for template in found:
            for _, metric in metrics_of(template):
                if is_endless(metric):
                    message = f"metric `{metric.get('name')}` of {template.title} never ends"
                    yield Finding((*pointer, "templates"), message, "add `count`, or use the template in `canary.analysis`")
