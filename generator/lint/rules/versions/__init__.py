"""Rules about the versions that manifests are applied to."""

from __future__ import annotations

from functools import partial

from generator.diagnostics import Severity
from generator.kubernetes.issues import KINDS
from generator.kubernetes.objects import ROLLOUTS
from generator.lint.rules.rule import EVERY_KIND, Rule

_rule = partial(Rule, __name__, before_helm=True)

RULES: tuple[Rule, ...] = (
    _rule("TP671", "field-in-version", Severity.ERROR, EVERY_KIND),
    _rule("TP672", "known-issues", Severity.WARNING, KINDS),
    _rule("TP673", "retired-parts", Severity.NOTE, ((ROLLOUTS, "Rollout"), ("networking.k8s.io", "Ingress"))),
)
"""By id."""
