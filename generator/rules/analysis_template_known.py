"""The rule MR221, analysis-template-known."""

from __future__ import annotations

from collections.abc import Iterator

from generator import strategy as strategies
from generator.build import Built
from generator.diagnostics import Pointer, Severity
from generator.rules.rule import About, Finding, Rule
from generator.wording import listed, suggestion


def check(built: Built) -> Iterator[Finding]:
    """An analysis must name a template that the service brings along, or one of the cluster's.

    A template that does not exist makes the Rollout InvalidSpec, but only once it is in the cluster.
    Templates of the service stand in `rollout.analysisTemplates`; those that a platform team keeps in
    the cluster are named with `clusterScope: true`, and cannot be checked here.
    Wrong:
        spec:
          rollout:
            strategy: {canary: {steps: [{analysis: {templates: [{templateName: success-rate}]}}]}}
    Right:
        spec:
          rollout:
            strategy: {canary: {steps: [{analysis: {templates: [{templateName: success-rate, clusterScope: true}]}}]}}
    Source: argo-rollouts, rollout/controller.go, getReferencedRolloutAnalyses
    """
    known = [analysis.name for analysis in built.analyses]
    for at, analysis in strategies.analyses(built.strategy):
        for index, template in enumerate(analysis.get("templates") or []):
            name = template.get("templateName")
            if template.get("clusterScope") or name is None or name in known:
                continue
            hint = suggestion(name, known, f"add it to rollout.analysisTemplates (there: {listed(known)})")
            pointer: Pointer = ("rollout", "strategy", *at, "templates", index, "templateName")
            yield Finding(pointer, f"there is no analysis template `{name}`", hint)


RULE = Rule("MR221", "analysis-template-known", Severity.ERROR, check, About.ANALYSIS)
