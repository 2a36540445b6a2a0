"""The rule MR221, analysis-template-known."""

from __future__ import annotations

from collections.abc import Iterator

from generator.build import Built
from generator.diagnostics import Severity
from generator.measuring import measurements
from generator.rules.rule import About, Finding, Rule
from generator.wording import listed, suggestion


def check(built: Built) -> Iterator[Finding]:
    """An analysis must name a template that the service brings along, or one of the cluster's.

    A template that does not exist makes the Rollout InvalidSpec, but only once it is in the cluster.
    Templates of the service stand in `rollout.analysisTemplates`; those that a platform team keeps in
    the cluster are named with `clusterScope: true`, and cannot be checked here.
    Source: argo-rollouts, rollout/controller.go, getReferencedRolloutAnalyses
    """
    known = [analysis.name for analysis in built.analyses]
    for measurement in measurements(built.strategy, ("rollout", "strategy")):
        for named in measurement.templates:
            if not named.cluster and named.name not in known:
                hint = suggestion(named.name, known, f"add it to rollout.analysisTemplates (there: {listed(known)})")
                yield Finding(named.pointer, f"there is no analysis template `{named.name}`", hint)


RULE = Rule("MR221", "analysis-template-known", Severity.ERROR, check, About.ANALYSIS)
