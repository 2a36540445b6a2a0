"""Rules over a service: its merged fields, and the environment that it is deployed to."""

from __future__ import annotations

from generator.lint.rules.rule import Rule
from generator.lint.rules.spec import (
    application_names_valid,
    chart_source_known,
    chart_version_resolves,
    deployment_left_alone,
    image_is_pinned,
    image_names_known,
    policy_argocd,
    policy_chart_version,
    policy_image_tag,
    policy_replicas,
    policy_rollout,
    policy_rollout_size,
    replicas_in_range,
    secrets_elsewhere,
    waves_wait,
)

RULES: tuple[Rule, ...] = (
    image_is_pinned.RULE,
    replicas_in_range.RULE,
    secrets_elsewhere.RULE,
    image_names_known.RULE,
    policy_image_tag.RULE,
    policy_replicas.RULE,
    policy_argocd.RULE,
    policy_rollout.RULE,
    policy_rollout_size.RULE,
    chart_source_known.RULE,
    application_names_valid.RULE,
    chart_version_resolves.RULE,
    deployment_left_alone.RULE,
    waves_wait.RULE,
    policy_chart_version.RULE,
)
"""By id."""
