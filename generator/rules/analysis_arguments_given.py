"""The rule MR222, analysis-arguments-given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import strategy as strategies
from generator.build import Built
from generator.diagnostics import Pointer, Severity
from generator.rules.rule import About, Finding, Rule
from generator.wording import suggestion


def check(built: Built) -> Iterator[Finding]:
    """Every argument of an analysis template must get a value, and every value must have a taker.

    A missing argument lets the analysis fail in the cluster, after the canary pods exist; a misspelt
    one is ignored without a word.
    Wrong:
        spec:
          rollout:
            analysisTemplates: [{name: web-up, spec: {args: [{name: service}], metrics: [{name: up, provider: {prometheus: {query: up}}}]}}]
            strategy:
              canary:
                steps: [{analysis: {templates: [{templateName: web-up}], args: [{name: sevice, value: web}]}}]
    Right:
        spec:
          rollout:
            analysisTemplates: [{name: web-up, spec: {args: [{name: service}], metrics: [{name: up, provider: {prometheus: {query: up}}}]}}]
            strategy:
              canary:
                steps: [{analysis: {templates: [{templateName: web-up}], args: [{name: service, value: web}]}}]
    Source: argo-rollouts, utils/analysis/helpers.go, ResolveArgs
    """
    by_name = {analysis.name: analysis for analysis in built.analyses}
    for at, analysis in strategies.analyses(built.strategy):
        named = [template.get("templateName") for template in analysis.get("templates") or []]
        if not named or any(name not in by_name for name in named):
            continue  # the cluster's own templates: their arguments are not known here
        wanted = [argument for name in named for argument in by_name[str(name)].spec.get("args") or []]
        yield from _compared(analysis, wanted, ("rollout", "strategy", *at))


def _compared(analysis: dict[str, Any], wanted: list[dict[str, Any]], at: Pointer) -> Iterator[Finding]:
    given = {argument["name"]: index for index, argument in enumerate(analysis.get("args") or [])}
    names = {argument["name"] for argument in wanted}
    for argument in wanted:
        has_value = "value" in argument or "valueFrom" in argument
        if not has_value and argument["name"] not in given:
            message = f"the analysis template needs a value for `{argument['name']}`"
            yield Finding((*at, "templates"), message, f"add `{{name: {argument['name']}, value: …}}` to args")
    for name, index in given.items():
        if name not in names:
            hint = suggestion(name, names, "remove it, or declare it in the template")
            yield Finding((*at, "args", index, "name"), f"no template of this analysis takes `{name}`", hint)


RULE = Rule("MR222", "analysis-arguments-given", Severity.ERROR, check, About.ANALYSIS)
