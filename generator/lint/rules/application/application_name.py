"""The rule TP820, application-name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.applications import APPLICATION, PROJECT
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding, Rule

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The name of an Application or AppProject must be one that Kubernetes accepts.

    It has at most 253 characters: lowercase letters, digits, hyphens and dots.
    Wrong:
        kind: Application
        metadata: {name: Web_prod}
    Right:
        kind: Application
        metadata: {name: web-prod}
    Source: kubernetes.io, Object Names and IDs
    """
    if item.name and (len(item.name) > 253 or not _NAME.match(item.name)):
        message = f"`{item.name}` is not a valid Kubernetes name"
        yield Finding(("metadata", "name"), message, "use lowercase letters, digits, hyphens and dots")


RULE = Rule("TP820", "application-name", Severity.ERROR, (*APPLICATION, *PROJECT), check)
