"""All rules, as the runs ask for them."""

from __future__ import annotations

from functools import cache

from generator.diagnostics import Severity
from generator.lint.rules import analysis, application, rollout, spec
from generator.lint.rules.rule import Rule

SPEC_RULES: tuple[Rule, ...] = spec.RULES
"""Rules over services."""

BEFORE_HELM: tuple[Rule, ...] = tuple(
    rule for family in (rollout, analysis, application) for rule in family.RULES if rule.before_helm
)
"""Rules over what is generated; no rule of another family can run before Helm."""


@cache
def object_rules() -> tuple[Rule, ...]:
    """Return all rules over Kubernetes objects, by id."""
    from generator.lint.rules import applicationset, between, project  # generate and check do without

    families = (rollout, analysis, application, applicationset, project, between)
    return tuple(sorted((rule for family in families for rule in family.RULES), key=lambda rule: rule.id))


@cache
def rendered_rules() -> tuple[Rule, ...]:
    """Return the rules over what Helm renders of a spec.

    Notes are left out. Secrets are reported at the value in the spec instead, by TP103.
    """
    return tuple(rule for rule in object_rules() if rule.severity is not Severity.NOTE and rule.id != "TP645")
