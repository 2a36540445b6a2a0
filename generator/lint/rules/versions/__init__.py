"""Rules about the versions that manifests are applied to."""

from __future__ import annotations

from generator.lint.rules.rule import Rule
from generator.lint.rules.versions import field_in_version, known_issues, retired_parts

RULES: tuple[Rule, ...] = (
    field_in_version.RULE,
    known_issues.RULE,
    retired_parts.RULE,
)
"""By id."""
