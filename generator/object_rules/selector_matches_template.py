"""The rule MR611, selector-matches-template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, at, maps
from generator.workloads import SELECTING, matches, pods_of, referred

_NEEDS_VALUES = ("In", "NotIn")
_FORBIDS_VALUES = ("Exists", "DoesNotExist")


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The selector of a workload must match the labels of its own pods.

    The API server refuses a Deployment whose selector does not, and Argo Rollouts stops at InvalidSpec.
    A Rollout with a workloadRef is judged by the pods of what it refers to. An empty selector would
    mean every pod of the namespace.
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go (ValidateRolloutSpec)
    """
    if not item.whole:
        return
    selector = item.spec.get("selector")
    by_reference = item.kind == "Rollout" and isinstance(item.spec.get("workloadRef"), dict)
    if selector is None:
        if item.kind != "Rollout" or not by_reference:
            yield ObjectFinding(("spec", "selector"), f"{item.title} has no selector", "add spec.selector.matchLabels")
        return
    if not isinstance(selector, dict) or not (selector.get("matchLabels") or selector.get("matchExpressions")):
        yield ObjectFinding(("spec", "selector"), f"the selector of {item.title} is empty", "name the labels of its pods")
        return
    yield from _syntax(selector)
    pods = pods_of(item, objects)
    if pods is None or matches(selector, pods.labels):
        return
    target = referred(item, objects)
    whose = f"the pods of {target.title}" if target else "its own pods"
    pointer, key = _first_mismatch(selector, pods.labels)
    message = f"the selector of {item.title} does not match {whose}: {key}"
    yield ObjectFinding(("spec", "selector", *pointer), message, "make the selector and the labels of the pod template agree")


def _syntax(selector: dict[str, Any]) -> Iterator[ObjectFinding]:
    for index, expression in maps(selector.get("matchExpressions")):
        pointer: Pointer = ("spec", "selector", "matchExpressions", index)
        operator, values = expression.get("operator"), expression.get("values")
        if operator not in (*_NEEDS_VALUES, *_FORBIDS_VALUES):
            message = f"`{operator}` is no operator of a selector"
            yield ObjectFinding((*pointer, "operator"), message, "use In, NotIn, Exists or DoesNotExist")
        elif operator in _NEEDS_VALUES and not values:
            yield ObjectFinding((*pointer, "operator"), f"`{operator}` needs values", "list them under `values`")
        elif operator in _FORBIDS_VALUES and values:
            yield ObjectFinding((*pointer, "values"), f"`{operator}` takes no values", "remove them")


def _first_mismatch(selector: dict[str, Any], labels: dict[str, Any]) -> tuple[Pointer, str]:
    for key, value in (at(selector, "matchLabels") or {}).items():
        if labels.get(key) != value:
            has = f"they have `{labels[key]}`" if key in labels else "they have no such label"
            return ("matchLabels", key), f"it asks for {key} `{value}`, and {has}"
    for index, expression in maps(selector.get("matchExpressions")):
        if not matches({"matchExpressions": [expression]}, labels):
            return ("matchExpressions", index), f"the expression about {expression.get('key')} does not hold"
    return (), "the labels differ"


RULE = ObjectRule("MR611", "selector-matches-template", Severity.ERROR, SELECTING, check)
