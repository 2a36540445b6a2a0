"""The rule TP767, templates-agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.analysis_templates import metrics_of, named_by
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Templates that are used together must not contradict each other.

    Argo Rollouts merges all templates that an analysis names into one. Metrics with the same name, arguments
    with two different defaults, and two dry runs or retentions with the same name make the Rollout InvalidSpec.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {analysis: {templates: [{templateName: rate}, {templateName: errors}]}}}
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
        spec:
          metrics: [{name: rate}]
        ---
        kind: AnalysisTemplate
        metadata: {name: errors}
        spec:
          metrics: [{name: rate}]
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {analysis: {templates: [{templateName: rate}, {templateName: errors}]}}}
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
        spec:
          metrics: [{name: rate}]
        ---
        kind: AnalysisTemplate
        metadata: {name: errors}
        spec:
          metrics: [{name: errors}]
    Source: argo-rollouts, utils/analysis/helpers.go, FlattenTemplates
    """
    for pointer, _, found in named_by(item, objects):
        if len(found) > 1:
            here: Pointer = (*pointer, "templates")
            for message in dict.fromkeys(_clashes(found)):
                yield Finding(here, message, "rename one, or do not use these templates together")


def _clashes(found: list[KubeObject]) -> Iterator[str]:
    metrics: dict[str, KubeObject] = {}
    defaults: dict[str, Any] = {}
    rules: set[tuple[str, str]] = set()
    for template in found:
        for _, metric in metrics_of(template):
            name = str(metric.get("name"))
            other = metrics.setdefault(name, template)
            if other is not template:
                yield f"{other.title} and {template.title} both have a metric `{name}`"
        for _, argument in maps(template.spec.get("args")):
            name, value = str(argument.get("name")), argument.get("value")
            if value is not None and defaults.setdefault(name, value) != value:
                yield f"argument `{name}` has two defaults, `{defaults[name]}` and `{value}`"
        for field in ("dryRun", "measurementRetention"):
            for _, one in maps(template.spec.get(field)):
                rule = (field, str(one.get("metricName")))
                if rule in rules:
                    yield f"`{rule[1]}` is listed twice in {field}"
                rules.add(rule)
