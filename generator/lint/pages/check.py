"""What a step of a run can find outside of rules, such as a syntax error or drift."""

from __future__ import annotations

from typing import NamedTuple

from generator.diagnostics import Severity


class Check(NamedTuple):
    """One id of a step, with its page in the manual, written like the docstring of a rule."""

    id: str
    name: str
    severity: Severity
    page: str
    fixed: bool = False
    """Whether no setting can disable it: without it, generated files could be wrong."""
