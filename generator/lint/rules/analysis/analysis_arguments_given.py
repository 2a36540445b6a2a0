"""The rule TP222, analysis-arguments-given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.analysis_templates import named_by
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Every argument of an analysis template must get a value, and every value should be used.

    If an argument has no value, the analysis fails in the cluster, after the canary pods exist. An argument that
    no template declares is dropped, which is a warning: it may be misspelt. If one of several templates has a
    default for an argument, the others get it as well. In a background analysis they do not: each argument without
    a default in its own template must be given.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20}, {analysis: {templates: [{templateName: rate}]}}]}}
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
        spec:
          args: [{name: service}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              steps: [{setWeight: 20}, {analysis: {templates: [{templateName: rate}], args: [{name: service, value: web}]}}]
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
        spec:
          args: [{name: service}]
    Source: argo-rollouts, utils/analysis/helpers.go, ResolveArgs; validation_references.go
    """
    for pointer, analysis, found in named_by(item, objects):
        wanted = [argument for template in found for _, argument in maps(template.spec.get("args"))]
        yield from _compared(analysis, wanted, pointer)


def _compared(analysis: dict[str, Any], wanted: list[dict[str, Any]], pointer: Pointer) -> Iterator[Finding]:
    given = {str(argument.get("name")): index for index, argument in maps(analysis.get("args"))}
    names = dict.fromkeys(str(argument.get("name")) for argument in wanted)
    unvalued = {str(one.get("name")) for one in wanted if one.get("value") is None and not one.get("valueFrom")}
    valued = {str(one.get("name")) for one in wanted if one.get("value") is not None or one.get("valueFrom")}
    needed = unvalued if pointer[-2:] == ("canary", "analysis") else unvalued - valued
    for name in names:
        if name in needed and name not in given:
            where = (*pointer, "templateName") if "templateName" in analysis else (*pointer, "templates")
            message = f"the analysis template needs a value for `{name}`"
            yield Finding(where, message, f"add `{{name: {name}, value: …}}` to args")
    for name, index in given.items():
        if name not in names:
            hint = suggestion(name, names, "remove it, or declare it in the template")
            message = f"no template of this analysis has an argument `{name}`"
            yield Finding((*pointer, "args", index, "name"), message, hint, severity=Severity.WARNING)
