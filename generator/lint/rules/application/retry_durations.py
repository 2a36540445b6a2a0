"""The rule TP812, retry-durations."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.lint.rules.rule import Finding
from generator.syntax.durations import go_seconds


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The durations of a retry must be seconds or Go durations.

    Argo CD parses them only after a sync has failed, and then the retry fails as well.
    Wrong:
        kind: Application
        spec:
          syncPolicy: {retry: {limit: 3, backoff: {duration: 5sec, maxDuration: 3m}}}
    Right:
        kind: Application
        spec:
          syncPolicy: {retry: {limit: 3, backoff: {duration: 5s, maxDuration: 3m}}}
    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, RetryStrategy.NextRetryAt
    """
    base: Pointer = ("spec", "syncPolicy", "retry", "backoff")
    for field in ("duration", "maxDuration"):
        value = at(item.data, *base, field)
        if value is not None and value != "" and go_seconds(value) is None and not str(value).isdigit():
            yield Finding((*base, field), f"`{value}` is not a valid duration", "write seconds, or 5s, 3m, 1h")
