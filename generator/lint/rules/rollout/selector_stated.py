"""The rule TP702, selector-stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_OPERATORS = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}
"""Whether an operator takes values."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A Rollout must have a selector that is not empty and uses operators that Kubernetes supports.

    Without one, or with an empty one, the controller marks the Rollout InvalidSpec. Only a Rollout with a
    `workloadRef` can omit it, because it uses the selector of the referenced workload.
    Wrong:
        kind: Rollout
        spec: {selector: {}}
    Right:
        kind: Rollout
        spec: {selector: {matchLabels: {app: web}}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go; k8s.io/apimachinery, ValidateLabelSelector
    """
    if not item.whole:  # the chart, not rendered yet, contributes the selector
        return
    selector = item.spec.get("selector")
    if selector == {} and item.spec.get("workloadRef") is not None:
        return
    if selector is None:
        if item.spec.get("workloadRef") is None:
            yield Finding(("spec",), f"{item.title} has no selector", "add `selector.matchLabels` with labels of the template")
        return
    if not at(selector, "matchLabels") and not at(selector, "matchExpressions"):
        yield Finding(("spec", "selector"), f"the selector of {item.title} is empty", "add `matchLabels`")
    for index, expression in maps(at(selector, "matchExpressions")):
        yield from _expression(expression, ("spec", "selector", "matchExpressions", index))


def _expression(expression: dict[str, Any], pointer: Pointer) -> Iterator[Finding]:
    operator, values = expression.get("operator"), expression.get("values")
    if not isinstance(operator, str):
        return
    if operator not in _OPERATORS:
        hint = suggestion(operator, _OPERATORS, f"use {listed(_OPERATORS, last='or')}")
        yield Finding((*pointer, "operator"), f"unknown operator `{operator}`", hint)
    elif _OPERATORS[operator] and not values:
        yield Finding((*pointer, "operator"), f"`{operator}` needs values", "add `values`")
    elif values and not _OPERATORS[operator]:
        yield Finding((*pointer, "values"), f"`{operator}` takes no values", "remove `values`")
