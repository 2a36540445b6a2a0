"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from generator.build import Built
from generator.diagnostics import Pointer, Severity


class Finding(NamedTuple):
    """What a rule says of a service: a pointer into the resolved data, never a line."""

    pointer: Pointer
    message: str
    hint: str = ""


class Rule(NamedTuple):
    """One thing that we insist on. The docstring of `check` is its manual page."""

    id: str
    name: str
    severity: Severity
    check: Callable[[Built], Iterator[Finding]]
