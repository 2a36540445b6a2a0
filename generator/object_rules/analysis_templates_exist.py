"""The rule MR640, analysis-templates-exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, at, maps
from generator.wording import suggestion

_BLOCKS: tuple[Pointer, ...] = (
    ("canary", "analysis"),
    ("blueGreen", "prePromotionAnalysis"),
    ("blueGreen", "postPromotionAnalysis"),
)


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """Every analysis template that a Rollout names must exist, and get a value for each of its arguments.

    Otherwise the Rollout is InvalidSpec, or its AnalysisRun fails when canary pods already serve.
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation_references.go; utils/analysis/helpers.go
    """
    for pointer, analysis in _analyses(item.spec.get("strategy")):
        found: list[KubeObject] = []
        known = True
        for index, reference in maps(analysis.get("templates")):
            name, kind = (
                reference.get("templateName"),
                "ClusterAnalysisTemplate" if reference.get("clusterScope") else "AnalysisTemplate",
            )
            template = (
                objects.find(ROLLOUTS, kind, name, item if kind == "AnalysisTemplate" else None)
                if isinstance(name, str)
                else None
            )
            if template is not None:
                found.append(template)
                continue
            known = False
            judged = objects.holds(ROLLOUTS, kind) and (kind == "AnalysisTemplate" or bool(objects.of(ROLLOUTS, kind)))
            if isinstance(name, str) and judged:
                hint = suggestion(
                    name, objects.names(ROLLOUTS, kind, item), "add the template, or set clusterScope if it is the cluster's"
                )
                here = (*pointer, "templates", index, "templateName")
                yield ObjectFinding(here, f"there is no {kind} `{name}`, which {item.title} names", hint)
        if known and found:
            yield from _arguments(analysis, found, pointer)


def _analyses(strategy: Any) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    for block in _BLOCKS:
        analysis = at(strategy, *block)
        if isinstance(analysis, dict):
            yield ("spec", "strategy", *block), analysis
    for index, step in maps(at(strategy, "canary", "steps")):
        if isinstance(step.get("analysis"), dict):
            yield ("spec", "strategy", "canary", "steps", index, "analysis"), step["analysis"]
        for number, analysis in maps(at(step, "experiment", "analyses")):
            named = {**analysis, "templates": [analysis]}
            yield ("spec", "strategy", "canary", "steps", index, "experiment", "analyses", number), named


def _arguments(analysis: dict[str, Any], templates: list[KubeObject], pointer: Pointer) -> Iterator[ObjectFinding]:
    given = {str(argument.get("name")) for _, argument in maps(analysis.get("args"))}
    for template in templates:
        for _, argument in maps(template.spec.get("args")):
            name = str(argument.get("name"))
            if argument.get("value") is None and argument.get("valueFrom") is None and name not in given:
                message = f"{template.title} needs a value for `{name}`"
                yield ObjectFinding(pointer, message, f"add `{{name: {name}, value: …}}` to args")


RULE = ObjectRule("MR640", "analysis-templates-exist", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check)
