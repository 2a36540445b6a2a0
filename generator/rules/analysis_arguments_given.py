"""The rule MR222, analysis-arguments-given."""

from __future__ import annotations

from collections.abc import Iterator

from generator.build import Built
from generator.diagnostics import Severity
from generator.measuring import gathered, measurements, unanswered, untaken
from generator.rules.rule import About, Finding, Rule
from generator.wording import suggestion


def check(built: Built) -> Iterator[Finding]:
    """Every argument of an analysis template must get a value, and every value must have a taker.

    A missing argument lets the analysis fail in the cluster, after the canary pods exist; a misspelt
    one is ignored without a word. The templates that a template names count as well.
    Source: argo-rollouts, utils/analysis/helpers.go, ResolveArgs
    """
    by_name = {analysis.name: analysis for analysis in built.analyses}
    for measurement in measurements(built.strategy, ("rollout", "strategy")):
        named = measurement.templates
        found, known = gathered(named, lambda one: None if one.cluster else by_name.get(one.name))
        if not found or not known:
            continue  # the cluster's own templates: their arguments are not known here
        specs = [analysis.spec for analysis in found]
        for name in unanswered(measurement, specs):
            message = f"the analysis template needs a value for `{name}`"
            yield Finding(measurement.templates_at, message, f"add `{{name: {name}, value: …}}` to args")
        for pointer, name, names in untaken(measurement, specs):
            hint = suggestion(name, names, "remove it, or declare it in the template")
            yield Finding(pointer, f"no template of this analysis takes `{name}`", hint)


RULE = Rule("MR222", "analysis-arguments-given", Severity.ERROR, check, About.ANALYSIS)
