"""Rules over AppProjects, and over Applications and what their project permits."""

from __future__ import annotations

from functools import partial

from generator.diagnostics import Severity
from generator.kubernetes.applications import APPLICATION, PROJECT
from generator.lint.rules.rule import Rule

_rule = partial(Rule, __name__)

RULES: tuple[Rule, ...] = (
    _rule("TP831", "project-permits", Severity.ERROR, APPLICATION, referring="project"),
    _rule("TP832", "project-permits-namespace", Severity.ERROR, APPLICATION, needs=frozenset(["syncOptions"])),
    _rule("TP833", "project-permits-kinds", Severity.ERROR, APPLICATION),
    _rule("TP841", "project-patterns", Severity.WARNING, PROJECT),
    _rule("TP842", "project-windows", Severity.WARNING, PROJECT, needs=frozenset(["syncWindows"])),
    _rule("TP843", "project-policies", Severity.WARNING, PROJECT, needs=frozenset(["roles"])),
)
"""By id."""
