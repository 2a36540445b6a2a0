"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import NamedTuple

from generator.diagnostics import Pointer, Severity
from generator.service.build import Built


class Finding(NamedTuple):
    """What a rule says of a service: a pointer into the resolved data, never a line."""

    pointer: Pointer
    message: str
    hint: str = ""


class About(Enum):
    """What a rule looks at."""

    SERVICE = "service"
    AUTOSCALING = "autoscaling"
    POLICY = "policy"


class Rule(NamedTuple):
    """One thing that we insist on. The docstring of `check` is its manual page."""

    id: str
    name: str
    severity: Severity
    check: Callable[[Built], Iterator[Finding]]
    about: About = About.SERVICE
    """The rule is only run where this is present, so it costs nothing elsewhere."""
