"""What the templates that a workspace may replace have to give, as far as anything later relies on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, dotted
from generator.syntax.merge import lookup
from generator.syntax.template.templates import Context, Template


class Shape(NamedTuple):
    """What a template gives."""

    api_version: str
    kind: str
    required: dict[Pointer, str]
    """The fields that must be there, with the type of each."""
    optional: dict[Pointer, str]
    """The fields that may be there."""


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _maps(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


_HOLDS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str) and value != "",
    "a map": lambda value: isinstance(value, dict),
    "a map of texts": _texts,
    "a list of maps": _maps,
    "a list of texts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "a whole number": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "true or false": lambda value: isinstance(value, bool),
}

_ROLLOUTS = "argoproj.io/v1alpha1"
_LABELLED: dict[Pointer, str] = {("metadata", "labels"): "a map of texts", ("metadata", "annotations"): "a map of texts"}
_NAMED: dict[Pointer, str] = {("metadata",): "a map", ("metadata", "name"): "text", ("spec",): "a map"}
_OF_APPLICATION: dict[Pointer, str] = {
    **_LABELLED,
    ("metadata", "namespace"): "text",
    ("spec", "project"): "text",
    ("spec", "destination"): "a map of texts",
    ("metadata", "finalizers"): "a list of texts",
    ("spec", "source"): "a map",
    ("spec", "source", "repoURL"): "text",
    ("spec", "source", "targetRevision"): "text",
    ("spec", "source", "path"): "text",
    ("spec", "sources"): "a list of maps",
    ("spec", "syncPolicy"): "a map",
    ("spec", "syncPolicy", "automated"): "a map",
    ("spec", "syncPolicy", "automated", "prune"): "true or false",
    ("spec", "syncPolicy", "automated", "selfHeal"): "true or false",
    ("spec", "syncPolicy", "syncOptions"): "a list of texts",
    ("spec", "ignoreDifferences"): "a list of maps",
    ("spec", "info"): "a list of maps",
    ("spec", "revisionHistoryLimit"): "a whole number",
}

SHAPES: Mapping[str, Shape] = {
    "application.yaml": Shape(_ROLLOUTS, "Application", _NAMED, _OF_APPLICATION),
    "root.yaml": Shape(_ROLLOUTS, "Application", _NAMED, _OF_APPLICATION),
    "analysistemplate.yaml": Shape(
        _ROLLOUTS,
        "AnalysisTemplate",
        _NAMED,
        {**_LABELLED, ("spec", "metrics"): "a list of maps", ("spec", "args"): "a list of maps"},
    ),
    "rollout.yaml": Shape(
        _ROLLOUTS,
        "Rollout",
        {
            **_NAMED,
            ("spec", "strategy"): "a map",
            ("spec", "workloadRef"): "a map",
            ("spec", "workloadRef", "apiVersion"): "text",
            ("spec", "workloadRef", "kind"): "text",
            ("spec", "workloadRef", "name"): "text",
        },
        {
            **_LABELLED,
            ("spec", "selector"): "a map",
            ("spec", "selector", "matchLabels"): "a map of texts",
            ("spec", "workloadRef", "scaleDown"): "text",
            ("spec", "replicas"): "a whole number",
            ("spec", "minReadySeconds"): "a whole number",
            ("spec", "progressDeadlineSeconds"): "a whole number",
            ("spec", "progressDeadlineAbort"): "true or false",
            ("spec", "revisionHistoryLimit"): "a whole number",
            ("spec", "rollbackWindow"): "a map",
        },
    ),
    "service.yaml": Shape(
        "v1",
        "Service",
        {**_NAMED, ("spec", "ports"): "a list of maps"},
        {**_LABELLED, ("spec", "selector"): "a map of texts", ("spec", "type"): "text"},
    ),
    "horizontalpodautoscaler.yaml": Shape(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        {
            **_NAMED,
            ("spec", "scaleTargetRef"): "a map",
            ("spec", "scaleTargetRef", "apiVersion"): "text",
            ("spec", "scaleTargetRef", "kind"): "text",
            ("spec", "scaleTargetRef", "name"): "text",
            ("spec", "maxReplicas"): "a whole number",
        },
        {
            **_LABELLED,
            ("spec", "minReplicas"): "a whole number",
            ("spec", "metrics"): "a list of maps",
            ("spec", "behavior"): "a map",
        },
    ),
}


NAMES: dict[str, dict[Pointer, tuple[str, ...]]] = {
    "application.yaml": {
        ("metadata", "name"): ("application", "name"),
        ("metadata", "namespace"): ("application", "namespace"),
    },
    "analysistemplate.yaml": {("metadata", "name"): ("analysis", "name")},
    "rollout.yaml": {("metadata", "name"): ("service",)},
    "horizontalpodautoscaler.yaml": {("metadata", "name"): ("service",)},
    "service.yaml": {("metadata", "name"): ("sibling", "name")},
}
"""The fields by which other objects, and other commands, find what a template gives, and where their values are seen."""


def shaped(template: Template, name: str, context: Context) -> dict[str, Any]:
    """Return what a template gives; raises Rejected if the workspace's own gives something of another shape."""
    data = template.render(context)
    if template.own:
        found = list(_faults(SHAPES[name], data, NAMES.get(name, {}), context))
        if found:
            raise template.rejected(found)
    return data


def _faults(
    shape: Shape, data: dict[str, Any], names: Mapping[Pointer, tuple[str, ...]], context: Context
) -> Iterator[tuple[Pointer, str, str]]:
    """Yield what is wrong with the data of a template: where, what, and what to do."""
    wrong: set[Pointer] = set()
    for pointer, word in {**shape.required, **shape.optional}.items():
        there, value = lookup(data, pointer)
        if _below(pointer, wrong) or (not there and pointer in shape.optional):
            continue
        if not there or not _HOLDS[word](value):
            wrong.add(pointer)
            said = f"must be {word}" if there else "is missing"
            yield pointer, f"`{dotted(pointer)}` {said}", f"let the template give {word}"
    wanted: dict[Pointer, tuple[Any, str]] = {
        ("apiVersion",): (shape.api_version, shape.api_version),
        ("kind",): (shape.kind, shape.kind),
    }
    wanted |= {pointer: (lookup(dict(context), path)[1], f"{{{{ {'.'.join(path)} }}}}") for pointer, path in names.items()}
    for pointer, (value, written) in wanted.items():
        there, given = lookup(data, pointer)
        if not (given == value or _below((*pointer, ""), wrong) or (not there and pointer in shape.optional)):
            yield pointer, f"`{dotted(pointer)}` must be `{value}`", f"write `{written}`"


def _below(pointer: Pointer, wrong: set[Pointer]) -> bool:
    return any(pointer[:depth] in wrong for depth in range(1, len(pointer)))
