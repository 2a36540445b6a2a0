"""Rules over ApplicationSets."""

from __future__ import annotations

from generator.lint.rules.applicationset import (
    generated_names_unique,
    generators_give,
    generators_known,
    parameters_given,
    rolling_sync_alone,
    set_templates_valid,
    template_options,
)
from generator.lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    generators_known.RULE,
    rolling_sync_alone.RULE,
    template_options.RULE,
    set_templates_valid.RULE,
    parameters_given.RULE,
    generated_names_unique.RULE,
    generators_give.RULE,
)
"""By id."""
