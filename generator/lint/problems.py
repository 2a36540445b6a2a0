"""What an expansion says of an ApplicationSet, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.applicationsets.expansion import expansion_of
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding


def of_expansion(item: KubeObject, objects: Objects, kind: str) -> Iterator[Finding]:
    """Yield the problems of one kind that an ApplicationSet has; what Argo CD does not refuse is a warning."""
    for one in expansion_of(item, objects).problems:
        if one.kind == kind:
            at_fault = KubeObject(one.source.data, one.source) if one.source is not None else None
            severity = None if one.is_certain else Severity.WARNING
            yield Finding(one.pointer, one.message, one.hint, at_fault=at_fault, severity=severity)
