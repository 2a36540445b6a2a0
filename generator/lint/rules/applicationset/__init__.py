"""Rules over ApplicationSets."""

from __future__ import annotations

from functools import partial

from generator.diagnostics import Severity
from generator.kubernetes.applicationsets.expansion import APPLICATION_SET
from generator.kubernetes.objects import ROLLOUTS
from generator.lint.rules.rule import Rule

_rule = partial(Rule, __name__)

RULES: tuple[Rule, ...] = (
    _rule("TP851", "generators-known", Severity.ERROR, APPLICATION_SET),
    _rule("TP852", "rolling-sync-alone", Severity.WARNING, APPLICATION_SET, needs=frozenset(["strategy"])),
    _rule(
        "TP853",
        "template-options",
        Severity.ERROR,
        ((ROLLOUTS, "ApplicationSet"),),
        needs=frozenset(["goTemplateOptions", "applyNestedSelectors"]),
    ),
    _rule("TP854", "set-templates-valid", Severity.ERROR, APPLICATION_SET),
    _rule("TP855", "parameters-given", Severity.ERROR, APPLICATION_SET),
    _rule("TP856", "generated-names-unique", Severity.ERROR, APPLICATION_SET),
    _rule("TP857", "generators-give", Severity.ERROR, APPLICATION_SET),
)
"""By id."""
