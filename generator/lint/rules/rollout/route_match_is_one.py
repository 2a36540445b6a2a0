"""The rule TP728, route-match-is-one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import routing, steps
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed

_FORMS = ("exact", "regex", "prefix")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A match of a header or mirror route must have exactly one of `exact`, `regex` and `prefix`.

    With none or several, the controller marks the Rollout InvalidSpec. ALB supports only `exact`.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              steps: [{setHeaderRoute: {name: beta, match: [{headerName: beta, headerValue: {exact: "1", prefix: "1"}}]}}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              steps: [{setHeaderRoute: {name: beta, match: [{headerName: beta, headerValue: {exact: "1"}}]}}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    alb = routing(item).get("alb") is not None
    for pointer, step in steps(item):
        for index, match in maps(at(step, "setHeaderRoute", "match")):
            here: Pointer = (*pointer, "setHeaderRoute", "match", index, "headerValue")
            yield from _one(match.get("headerValue"), here, ("exact",) if alb else _FORMS)
        for index, match in maps(at(step, "setMirrorRoute", "match")):
            for field in ("method", "path"):
                if match.get(field) is not None:
                    yield from _one(match[field], (*pointer, "setMirrorRoute", "match", index, field), _FORMS)


def _one(value: Any, here: Pointer, forms: tuple[str, ...]) -> Iterator[Finding]:
    given = [name for name in _FORMS if at(value, name)]
    if len(given) != 1 or given[0] not in forms:
        message = f"`{here[-1]}` matches by {listed(given) if given else 'nothing'}"
        yield Finding(
            here, message, f"match by exactly one of {listed(forms, last='or')}" if len(forms) > 1 else "match by `exact`"
        )
