"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from functools import cached_property
from importlib import import_module
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject, Reference
from generator.syntax.named_tuples import NamedTuple
from generator.workspace.model import Layer

Kinds = tuple[tuple[str, str], ...]
"""(API group, kind) of Kubernetes objects."""

EVERY_KIND: Kinds = (("*", "*"),)
"""For a rule that looks at all objects."""


class About(Enum):
    """What of a resolved service a rule looks at; it does not run on services without it."""

    SERVICE = "service"
    AUTOSCALING = "autoscaling"
    POLICY = "policy"


class Finding(NamedTuple):
    """One problem: a pointer into the data that the rule looked at, never a line."""

    pointer: Pointer
    message: str
    hint: str = ""
    at_fault: KubeObject | None = None
    """The object with the problem, if it is not the one that the rule looked at."""
    layer: Layer | None = None
    """The layer with the problem, if it is not the one that sets the value."""
    severity: Severity | None = None
    """The severity, if it is not the one of the rule."""


class _Row(NamedTuple):
    family: str
    """The package of its family. The module there that has the name of the rule defines `check`."""
    id: str
    name: str
    severity: Severity
    looks_at: About | Kinds
    """Part of a service, or kinds of objects. The rule costs nothing elsewhere."""
    referring: str = ""
    """The name of the function in that module that returns what an object refers to by this rule."""
    needs: frozenset[str] = frozenset()
    """Keys of which an object must contain one for the rule to run; empty if it always runs."""
    before_helm: bool = False
    """Whether it runs on generated files, too: it needs nothing that only Helm can render."""


class Rule(_Row):
    """One requirement, of a service or of Kubernetes objects.

    Most runs need few of the rules, so a rule is a row of its family's table, and its code is imported at first use.
    """

    @cached_property
    def check(self) -> Callable[..., Iterator[Finding]]:
        """`check(built)` for a rule over services, `check(object, objects)` for one over Kubernetes objects.

        Its docstring is the page of the rule in the manual: the requirement, why, `Wrong:`, `Right:`, `Source:`.
        """
        return self._function("check")

    @cached_property
    def refers(self) -> Callable[[KubeObject], Iterator[Reference]] | None:
        """What an object refers to by this rule: `check` judges it where the set holds that kind."""
        return self._function(self.referring) if self.referring else None

    @cached_property
    def begin(self) -> Callable[[], None]:
        """Begins with the next service, where something is told once of each."""
        return lambda: None

    def _function(self, name: str) -> Callable[..., Any]:
        module = import_module(f"{self.family}.{self.name.replace('-', '_')}")
        function: Callable[..., Any] = getattr(module, name)
        return function

    @property
    def kinds(self) -> Kinds:
        """The kinds of objects that it looks at; none for a rule over services."""
        return () if isinstance(self.looks_at, About) else self.looks_at
