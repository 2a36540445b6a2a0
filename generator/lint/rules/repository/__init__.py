"""Rules over a repository as a whole."""

from __future__ import annotations

from generator.lint.rules.repository import (
    applications_apart,
    chart_version_stated,
    generators_match,
    manifests_deployed,
    paths_apart,
    paths_exist,
    written_fields_ignored,
)
from generator.lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    paths_exist.RULE,
    generators_match.RULE,
    applications_apart.RULE,
    manifests_deployed.RULE,
    paths_apart.RULE,
    chart_version_stated.RULE,
    written_fields_ignored.RULE,
)
"""By id."""
