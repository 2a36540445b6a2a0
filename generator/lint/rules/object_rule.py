"""What a rule over Kubernetes objects is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects, Reference


class ObjectFinding(NamedTuple):
    """What a rule says of an object: a pointer into its data, never a line."""

    pointer: Pointer
    message: str
    hint: str = ""
    at_fault: KubeObject | None = None
    """The object that it is about, where that is not the one that the rule looked at."""


class ObjectRule(NamedTuple):
    """One thing that must hold of an object, alone or among those it is applied with.

    The docstring of `check` is its manual page: the law, why, `Source:`. The same rule runs on what
    tiphys generates, on what Helm renders, and on plain manifests.
    """

    id: str
    name: str
    severity: Severity
    kinds: tuple[tuple[str, str], ...]
    """(API group, kind) of the objects that it looks at: it costs nothing elsewhere."""
    check: Callable[[KubeObject, Objects], Iterator[ObjectFinding]]
    refers: Callable[[KubeObject], Iterator[Reference]] | None = None
    """What an object refers to by this rule: `check` judges it where the set holds that kind."""
    needs: frozenset[str] = frozenset()
    """Keys, one of which must be somewhere in an object for the rule to be asked at all; none: it always is."""


EVERY_KIND = (("*", "*"),)
"""For a rule that looks at all objects."""
