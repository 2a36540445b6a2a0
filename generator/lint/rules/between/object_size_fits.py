"""The rule TP648, object-size-fits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding

_STORED = 1024 * 1024
_APPLIED = 256 * 1024
_SURELY_LESS = _APPLIED // 4
"""Characters of a file in which no object can be over the limit: what JSON escapes has up to four times its length."""

_OPTIONS = "argocd.argoproj.io/sync-options"
_OTHER_WAYS = frozenset(["ServerSideApply=true", "Replace=true"])
_DATA = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}
_ENCODED = (("ConfigMap", "binaryData"), ("Secret", "data"))


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An object must be small enough to be applied.

    Client-side apply, the default of Argo CD, keeps the whole object in an annotation, and the annotations of an
    object have at most 262,144 bytes: a larger one needs `ServerSideApply=true` or `Replace=true`. That is a warning,
    because the Application may set it for all objects. More than 1 MiB in a ConfigMap or Secret is an error: the API
    server refuses it, however it is applied.
    Wrong:
        a ConfigMap with a file of 300,000 characters
    Right:
        kind: ConfigMap
        metadata:
          annotations: {argocd.argoproj.io/sync-options: ServerSideApply=true}
    Source: kubernetes, pkg/apis/core/validation/validation.go, ValidateConfigMap; argo-cd, issues 820, 5704
    """
    if not item.whole or (item.source is not None and len(item.source.text) < _SURELY_LESS):
        return
    stored = _stored(item)
    if stored > _STORED:
        message = f"{item.title} holds {stored:,} bytes; the maximum is {_STORED:,}"
        yield Finding(("kind",), message, "divide it, or bring the files in an image or a volume", severity=Severity.ERROR)
        return
    options = str(item.annotations.get(_OPTIONS) or "").replace(" ", "").split(",")
    if _OTHER_WAYS.isdisjoint(options):
        applied = len(json.dumps(item.data, separators=(",", ":"), ensure_ascii=False, default=str).encode(errors="replace"))
        if applied > _APPLIED:
            message = f"{item.title} has {applied:,} bytes; client-side apply takes at most {_APPLIED:,}"
            hint = f"annotate it with `{_OPTIONS}: ServerSideApply=true`, or set that in the Application"
            yield Finding(("kind",), message, hint)


def _stored(item: KubeObject) -> int:
    """Return the bytes that a ConfigMap or Secret holds; 0 for other kinds."""
    if item.group:
        return 0
    return sum(
        _length(value) * 3 // 4 if (item.kind, field) in _ENCODED else _length(value)
        for field in _DATA.get(item.kind, ())
        for value in table(item.data, field).values()
    )


def _length(value: Any) -> int:
    return len(value.encode(errors="replace")) if isinstance(value, str) else 0
