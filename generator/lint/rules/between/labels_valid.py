"""The rule TP644, labels-valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import KEY, LABEL_VALUE
from generator.kubernetes.objects import KubeObject, Objects, at, maps, texts
from generator.kubernetes.workloads import SELECTING
from generator.lint.rules.rule import Finding

_TEMPLATE: Pointer = ("spec", "template")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Labels, annotations and selectors must have names and values that Kubernetes accepts.

    The name of a label or an annotation has at most 63 letters, digits, hyphens, dots and underscores, after
    an optional domain and slash. The value of a label has the same form, and may be empty. The API server
    rejects an object with an invalid one; in the selector of a Rollout it causes an InvalidSpec.
    Wrong:
        kind: ConfigMap
        metadata:
          name: web
          labels: {owner: "team shop"}
    Right:
        kind: ConfigMap
        metadata:
          name: web
          labels: {owner: team-shop}
          annotations: {example.com/owner: "team shop"}
    Source: k8s.io/apimachinery, pkg/util/validation; pkg/apis/meta/v1/validation
    """
    yield from _metadata(item.metadata, ("metadata",))
    if (item.group, item.kind) in SELECTING:
        yield from _metadata(at(item.data, *_TEMPLATE, "metadata"), (*_TEMPLATE, "metadata"))
        yield from _selector(item.spec.get("selector"), ("spec", "selector"))


def _metadata(metadata: Any, pointer: Pointer) -> Iterator[Finding]:
    yield from _labels(at(metadata, "labels"), (*pointer, "labels"))
    annotations = at(metadata, "annotations")
    for key in annotations if isinstance(annotations, dict) else ():
        yield from _key(str(key).lower(), (*pointer, "annotations", key), "an annotation")


def _labels(labels: Any, pointer: Pointer) -> Iterator[Finding]:
    for key, value in labels.items() if isinstance(labels, dict) else ():
        yield from _key(str(key), (*pointer, key), "a label")
        yield from _value(value, (*pointer, key))


def _selector(selector: Any, pointer: Pointer) -> Iterator[Finding]:
    yield from _labels(at(selector, "matchLabels"), (*pointer, "matchLabels"))
    for index, expression in maps(at(selector, "matchExpressions")):
        here: Pointer = (*pointer, "matchExpressions", index)
        if isinstance(expression.get("key"), str):
            yield from _key(expression["key"], (*here, "key"), "a label")
        for number, value in texts(expression.get("values")):
            yield from _value(value, (*here, "values", number))


def _key(key: str, pointer: Pointer, what: str) -> Iterator[Finding]:
    if not KEY.fits(key):
        yield Finding(pointer, f"`{key}` is not a valid name for {what}", KEY.hint)


def _value(value: Any, pointer: Pointer) -> Iterator[Finding]:
    if isinstance(value, str) and not LABEL_VALUE.fits(value):
        yield Finding(pointer, f"`{value}` is not a valid label value", f"{LABEL_VALUE.hint}, or make it an annotation")
