"""Rules for analyses, their templates, and experiments."""

from __future__ import annotations

from generator.lint.rules.analysis import (
    analysis_arguments_given,
    analysis_names_templates,
    analysis_starts,
    analysis_template_known,
    argument_sources,
    experiment_ends,
    experiment_step,
    experiment_valid,
    metric_can_fail,
    metric_conditions,
    metric_intervals,
    metric_limits,
    metric_provider_is_one,
    metric_rules_match,
    metrics_named,
    placeholders_declared,
    step_analysis_ends,
    templates_agree,
)
from generator.lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    analysis_template_known.RULE,
    analysis_arguments_given.RULE,
    argument_sources.RULE,
    analysis_names_templates.RULE,
    analysis_starts.RULE,
    experiment_step.RULE,
    experiment_ends.RULE,
    metrics_named.RULE,
    metric_limits.RULE,
    metric_intervals.RULE,
    metric_provider_is_one.RULE,
    metric_rules_match.RULE,
    placeholders_declared.RULE,
    templates_agree.RULE,
    step_analysis_ends.RULE,
    experiment_valid.RULE,
    metric_can_fail.RULE,
    metric_conditions.RULE,
)
"""Sorted by id."""
