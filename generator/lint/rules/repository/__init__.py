"""Rules over a repository as a whole."""

from __future__ import annotations

from functools import partial

from generator.diagnostics import Severity
from generator.kubernetes.applications import APPLICATION
from generator.kubernetes.applicationsets.expansion import APPLICATION_SET
from generator.lint.rules.rule import EVERY_KIND, Rule

_rule = partial(Rule, __name__)

RULES: tuple[Rule, ...] = (
    _rule("TP861", "paths-exist", Severity.ERROR, APPLICATION),
    _rule("TP862", "generators-match", Severity.WARNING, APPLICATION_SET),
    _rule("TP863", "applications-apart", Severity.WARNING, APPLICATION),
    _rule("TP864", "manifests-deployed", Severity.NOTE, EVERY_KIND),
    _rule("TP865", "paths-apart", Severity.WARNING, APPLICATION),
    _rule("TP866", "chart-version-stated", Severity.NOTE, APPLICATION),
    _rule("TP867", "written-fields-ignored", Severity.WARNING, EVERY_KIND),
)
"""By id."""
