"""Manual pages for findings that do not come from a rule, by family."""

from __future__ import annotations

from generator.lint.pages import (
    dependencies,
    destinations,
    drift,
    inputs,
    manifests,
    own_rules,
    references,
    release,
    rendered,
    schema,
    text,
    values,
    verify,
    versions,
    windows,
    workspace,
    yaml,
)
from generator.lint.pages.check import Check

CHECKS: tuple[Check, ...] = (
    *dependencies.CHECKS,
    *destinations.CHECKS,
    *drift.CHECKS,
    *inputs.CHECKS,
    *manifests.CHECKS,
    *own_rules.CHECKS,
    *references.CHECKS,
    *release.CHECKS,
    *rendered.CHECKS,
    *schema.CHECKS,
    *text.CHECKS,
    *values.CHECKS,
    *verify.CHECKS,
    *versions.CHECKS,
    *windows.CHECKS,
    *workspace.CHECKS,
    *yaml.CHECKS,
)
