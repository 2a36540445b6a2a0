"""Rules over a service: its merged fields, and the environment that it is deployed to."""

from __future__ import annotations

from functools import partial

from generator.diagnostics import Severity
from generator.lint.rules.rule import About, Rule

_rule = partial(Rule, __name__)

RULES: tuple[Rule, ...] = (
    _rule("TP101", "image-is-pinned", Severity.ERROR, About.SERVICE),
    _rule("TP102", "replicas-in-range", Severity.ERROR, About.AUTOSCALING),
    _rule("TP103", "secrets-elsewhere", Severity.ERROR, About.SERVICE),
    _rule("TP104", "image-names-known", Severity.ERROR, About.SERVICE),
    _rule("TP105", "image-stated-once", Severity.WARNING, About.SERVICE),
    _rule("TP111", "policy-image-tag", Severity.ERROR, About.POLICY),
    _rule("TP112", "policy-replicas", Severity.ERROR, About.POLICY),
    _rule("TP113", "policy-argocd", Severity.ERROR, About.POLICY),
    _rule("TP211", "policy-rollout", Severity.ERROR, About.POLICY),
    _rule("TP212", "policy-rollout-size", Severity.ERROR, About.POLICY),
    _rule("TP401", "chart-source-known", Severity.ERROR, About.SERVICE),
    _rule("TP403", "application-names-valid", Severity.ERROR, About.SERVICE),
    _rule("TP404", "chart-version-resolves", Severity.ERROR, About.SERVICE),
    _rule("TP405", "deployment-left-alone", Severity.ERROR, About.SERVICE),
    _rule("TP406", "waves-wait", Severity.WARNING, About.SERVICE),
    _rule("TP411", "policy-chart-version", Severity.ERROR, About.SERVICE),
)
"""By id."""
