"""All rules, grouped by when they run."""

from __future__ import annotations

from functools import cache

from generator.diagnostics import Severity
from generator.lint.rules import analysis, application, rollout, spec, versions
from generator.lint.rules.rule import Rule

SPEC_RULES: tuple[Rule, ...] = spec.RULES
"""Rules over services."""

BEFORE_HELM: tuple[Rule, ...] = tuple(
    rule for family in (rollout, analysis, application, versions) for rule in family.RULES if rule.before_helm
)
"""Rules over generated objects; only rules of these families can run before Helm."""


@cache
def object_rules() -> tuple[Rule, ...]:
    """Return all rules over Kubernetes objects, by id."""
    from generator.lint.rules import applicationset, between, project, repository  # late: generate and check need none

    families = (rollout, analysis, application, applicationset, project, between, repository, versions)
    return tuple(sorted((rule for family in families for rule in family.RULES), key=lambda rule: rule.id))


@cache
def between(name: str) -> Rule:
    """Return a rule over objects that refer to each other, by its name."""
    from generator.lint.rules import between as family  # late: few services have manifests of their own

    return next(rule for rule in family.RULES if rule.name == name)


@cache
def repository_rules() -> tuple[Rule, ...]:
    """Return the rules over a repository as a whole: what its folders and its Applications have to do with each other."""
    from generator.lint.rules import repository

    return repository.RULES


@cache
def set_rules() -> tuple[Rule, ...]:
    """Return the rules over objects that are applied together."""
    return tuple(rule for rule in object_rules() if rule not in repository_rules())


@cache
def rendered_rules() -> tuple[Rule, ...]:
    """Return the rules over what Helm renders for a spec.

    Notes are left out. Secrets are left out as well: TP103 reports them at the value in the spec.
    """
    return tuple(rule for rule in set_rules() if rule.severity is not Severity.NOTE and rule.id != "TP645")
