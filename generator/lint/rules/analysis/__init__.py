"""Rules for analyses, their templates, and experiments."""

from __future__ import annotations

from functools import partial

from generator.diagnostics import Severity
from generator.kubernetes.objects import ROLLOUTS
from generator.kubernetes.rollouts import ANALYSES, ROLLOUT, TEMPLATES
from generator.lint.rules.rule import Rule

_rule = partial(Rule, __name__)

RULES: tuple[Rule, ...] = (
    _rule(
        "TP221",
        "analysis-template-known",
        Severity.ERROR,
        (*ROLLOUT, *TEMPLATES),
        referring="templates",
        needs=ANALYSES,
        before_helm=True,
    ),
    _rule("TP222", "analysis-arguments-given", Severity.ERROR, ROLLOUT, needs=ANALYSES, before_helm=True),
    _rule("TP751", "argument-sources", Severity.ERROR, ROLLOUT, needs=ANALYSES, before_helm=True),
    _rule("TP752", "analysis-names-templates", Severity.WARNING, ROLLOUT, needs=ANALYSES, before_helm=True),
    _rule("TP753", "analysis-starts", Severity.WARNING, ROLLOUT, needs=frozenset(["startingStep"]), before_helm=True),
    _rule("TP754", "experiment-step", Severity.ERROR, ROLLOUT, needs=frozenset(["experiment"]), before_helm=True),
    _rule("TP755", "experiment-ends", Severity.WARNING, ROLLOUT, needs=frozenset(["experiment"]), before_helm=True),
    _rule("TP761", "metrics-named", Severity.ERROR, TEMPLATES, before_helm=True),
    _rule("TP762", "metric-limits", Severity.ERROR, TEMPLATES, before_helm=True),
    _rule("TP763", "metric-intervals", Severity.ERROR, TEMPLATES, before_helm=True),
    _rule("TP764", "metric-provider-is-one", Severity.ERROR, TEMPLATES, before_helm=True),
    _rule(
        "TP765",
        "metric-rules-match",
        Severity.ERROR,
        TEMPLATES,
        needs=frozenset(["dryRun", "measurementRetention"]),
        before_helm=True,
    ),
    _rule("TP766", "placeholders-declared", Severity.ERROR, TEMPLATES, before_helm=True),
    _rule("TP767", "templates-agree", Severity.ERROR, ROLLOUT, needs=ANALYSES, before_helm=True),
    _rule("TP768", "step-analysis-ends", Severity.ERROR, ROLLOUT, needs=ANALYSES, before_helm=True),
    _rule("TP771", "experiment-valid", Severity.ERROR, ((ROLLOUTS, "Experiment"),)),
    _rule("TP772", "metric-can-fail", Severity.ERROR, TEMPLATES, before_helm=True),
    _rule("TP773", "metric-conditions", Severity.ERROR, TEMPLATES, before_helm=True),
    _rule("TP774", "analysis-ends-in-time", Severity.WARNING, ROLLOUT, needs=ANALYSES, before_helm=True),
)
"""Sorted by id."""
