"""What we insist on, one file per rule, by id."""

from __future__ import annotations

from generator.rules import (
    analysis_arguments_given,
    analysis_template_known,
    application_names_valid,
    canary_needs_router,
    canary_services_differ,
    canary_surge_and_unavailable,
    canary_weights_rise,
    chart_source_known,
    chart_version_resolves,
    deployment_left_alone,
    destination_is_one,
    image_is_pinned,
    policy_chart_version,
    policy_image_tag,
    policy_replicas,
    policy_rollout,
    policy_rollout_size,
    replicas_in_range,
    strategy_is_one,
)
from generator.rules.rule import Finding, Rule

__all__ = ["RULES", "Finding", "Rule"]

RULES: tuple[Rule, ...] = (
    image_is_pinned.RULE,
    replicas_in_range.RULE,
    policy_image_tag.RULE,
    policy_replicas.RULE,
    canary_weights_rise.RULE,
    strategy_is_one.RULE,
    canary_services_differ.RULE,
    canary_surge_and_unavailable.RULE,
    canary_needs_router.RULE,
    policy_rollout.RULE,
    policy_rollout_size.RULE,
    analysis_template_known.RULE,
    analysis_arguments_given.RULE,
    chart_source_known.RULE,
    destination_is_one.RULE,
    application_names_valid.RULE,
    chart_version_resolves.RULE,
    deployment_left_alone.RULE,
    policy_chart_version.RULE,
)
