"""Rules over Argo CD Applications."""

from __future__ import annotations

from generator.lint.rules.application import (
    application_annotations,
    application_finalizers,
    chart_address,
    destination_is_one,
    helm_settings,
    hydrator_complete,
    ignored_fields,
    ignored_is_respected,
    ignored_narrowly,
    namespace_metadata,
    release_name_tracked,
    replace_wins,
    retry_durations,
    self_heal_fights_router,
    server_side_blue_green,
    source_is_complete,
    source_kind_is_one,
    source_refs,
    source_revisions_agree,
    sources_win,
    sync_options_known,
)
from generator.lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    destination_is_one.RULE,
    source_is_complete.RULE,
    source_refs.RULE,
    source_kind_is_one.RULE,
    chart_address.RULE,
    source_revisions_agree.RULE,
    helm_settings.RULE,
    sources_win.RULE,
    sync_options_known.RULE,
    retry_durations.RULE,
    namespace_metadata.RULE,
    ignored_fields.RULE,
    server_side_blue_green.RULE,
    self_heal_fights_router.RULE,
    application_finalizers.RULE,
    application_annotations.RULE,
    hydrator_complete.RULE,
    ignored_is_respected.RULE,
    ignored_narrowly.RULE,
    release_name_tracked.RULE,
    replace_wins.RULE,
)
"""By id."""
