"""Rules over AppProjects, and over Applications and what their project permits."""

from __future__ import annotations

from generator.lint.rules.project import (
    project_patterns,
    project_permits,
    project_permits_kinds,
    project_permits_namespace,
    project_policies,
    project_windows,
)
from generator.lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    project_permits.RULE,
    project_permits_namespace.RULE,
    project_permits_kinds.RULE,
    project_patterns.RULE,
    project_windows.RULE,
    project_policies.RULE,
)
"""By id."""
