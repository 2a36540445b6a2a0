"""Rules over ApplicationSets."""

from __future__ import annotations

from generator.lint.rules.applicationset import generators_known, rolling_sync_alone, template_options
from generator.lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    generators_known.RULE,
    rolling_sync_alone.RULE,
    template_options.RULE,
)
"""By id."""
