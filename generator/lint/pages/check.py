"""A finding that does not come from a rule, such as a syntax error or drift."""

from __future__ import annotations

from typing import NamedTuple

from generator.diagnostics import Severity


class Check(NamedTuple):
    """One such id, with its manual page, written like the docstring of a rule."""

    id: str
    name: str
    severity: Severity
    page: str
    fixed: bool = False
    """Whether settings cannot disable it: without it, generated files could be wrong."""
