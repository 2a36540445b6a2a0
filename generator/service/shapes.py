"""The required structure of the templates that a workspace may override."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer, dotted
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.template.templates import Context, Template


class Shape(NamedTuple):
    """The structure of a template's output."""

    api_version: str
    kind: str
    required: dict[Pointer, str]
    """The required fields, with the type of each."""
    optional: dict[Pointer, str]
    """The optional fields, with the type of each."""


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _maps(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


_HOLDS: dict[str, Callable[[Any], bool]] = {
    "a string": lambda value: isinstance(value, str) and value != "",
    "a mapping": lambda value: isinstance(value, dict),
    "a mapping of strings": _texts,
    "a list of mappings": _maps,
    "a list of strings": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "an integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "a boolean": lambda value: isinstance(value, bool),
}

_ROLLOUTS = "argoproj.io/v1alpha1"
_LABELLED: dict[Pointer, str] = {
    ("metadata", "labels"): "a mapping of strings",
    ("metadata", "annotations"): "a mapping of strings",
}
_NAMED: dict[Pointer, str] = {("metadata",): "a mapping", ("metadata", "name"): "a string", ("spec",): "a mapping"}
_OF_APPLICATION: dict[Pointer, str] = {
    **_LABELLED,
    ("metadata", "namespace"): "a string",
    ("spec", "project"): "a string",
    ("spec", "destination"): "a mapping of strings",
    ("metadata", "finalizers"): "a list of strings",
    ("spec", "source"): "a mapping",
    ("spec", "source", "repoURL"): "a string",
    ("spec", "source", "targetRevision"): "a string",
    ("spec", "source", "path"): "a string",
    ("spec", "sources"): "a list of mappings",
    ("spec", "syncPolicy"): "a mapping",
    ("spec", "syncPolicy", "automated"): "a mapping",
    ("spec", "syncPolicy", "automated", "prune"): "a boolean",
    ("spec", "syncPolicy", "automated", "selfHeal"): "a boolean",
    ("spec", "syncPolicy", "syncOptions"): "a list of strings",
    ("spec", "ignoreDifferences"): "a list of mappings",
    ("spec", "info"): "a list of mappings",
    ("spec", "revisionHistoryLimit"): "an integer",
}

SHAPES: Mapping[str, Shape] = {
    "application.yaml": Shape(_ROLLOUTS, "Application", _NAMED, _OF_APPLICATION),
    "root.yaml": Shape(_ROLLOUTS, "Application", _NAMED, _OF_APPLICATION),
    "analysistemplate.yaml": Shape(
        _ROLLOUTS,
        "AnalysisTemplate",
        _NAMED,
        {**_LABELLED, ("spec", "metrics"): "a list of mappings", ("spec", "args"): "a list of mappings"},
    ),
    "rollout.yaml": Shape(
        _ROLLOUTS,
        "Rollout",
        {
            **_NAMED,
            ("spec", "strategy"): "a mapping",
            ("spec", "workloadRef"): "a mapping",
            ("spec", "workloadRef", "apiVersion"): "a string",
            ("spec", "workloadRef", "kind"): "a string",
            ("spec", "workloadRef", "name"): "a string",
        },
        {
            **_LABELLED,
            ("spec", "selector"): "a mapping",
            ("spec", "selector", "matchLabels"): "a mapping of strings",
            ("spec", "workloadRef", "scaleDown"): "a string",
            ("spec", "replicas"): "an integer",
            ("spec", "minReadySeconds"): "an integer",
            ("spec", "progressDeadlineSeconds"): "an integer",
            ("spec", "progressDeadlineAbort"): "a boolean",
            ("spec", "revisionHistoryLimit"): "an integer",
            ("spec", "rollbackWindow"): "a mapping",
        },
    ),
    "service.yaml": Shape(
        "v1",
        "Service",
        {**_NAMED, ("spec", "ports"): "a list of mappings"},
        {**_LABELLED, ("spec", "selector"): "a mapping of strings", ("spec", "type"): "a string"},
    ),
    "horizontalpodautoscaler.yaml": Shape(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        {
            **_NAMED,
            ("spec", "scaleTargetRef"): "a mapping",
            ("spec", "scaleTargetRef", "apiVersion"): "a string",
            ("spec", "scaleTargetRef", "kind"): "a string",
            ("spec", "scaleTargetRef", "name"): "a string",
            ("spec", "maxReplicas"): "an integer",
        },
        {
            **_LABELLED,
            ("spec", "minReplicas"): "an integer",
            ("spec", "metrics"): "a list of mappings",
            ("spec", "behavior"): "a mapping",
        },
    ),
}


NAMES: dict[str, dict[Pointer, tuple[str, ...]]] = {
    "application.yaml": {
        ("metadata", "name"): ("application", "name"),
        ("metadata", "namespace"): ("application", "namespace"),
    },
    "analysistemplate.yaml": {("metadata", "name"): ("analysis", "name")},
    "rollout.yaml": {("metadata", "name"): ("fullname",)},
    "horizontalpodautoscaler.yaml": {("metadata", "name"): ("fullname",)},
    "service.yaml": {("metadata", "name"): ("sibling", "name")},
}
"""The fields that other objects and commands rely on, with the path of the expected value in the context."""


def shaped(template: Template, name: str, context: Context) -> dict[str, Any]:
    """Render a template; raises Rejected if a template of the workspace gives a wrong structure."""
    data = template.render(context)
    if template.own:
        found = list(_faults(SHAPES[name], data, NAMES.get(name, {}), context))
        if found:
            raise template.rejected(found)
    return data


def _faults(
    shape: Shape, data: dict[str, Any], names: Mapping[Pointer, tuple[str, ...]], context: Context
) -> Iterator[tuple[Pointer, str, str]]:
    """Yield (pointer, message, hint) for each problem in the output of a template."""
    wrong: set[Pointer] = set()
    for pointer, word in {**shape.required, **shape.optional}.items():
        there, value = lookup(data, pointer)
        if _below(pointer, wrong) or (not there and pointer in shape.optional):
            continue
        if not there or not _HOLDS[word](value):
            wrong.add(pointer)
            said = f"must be {word}" if there else "is missing"
            yield pointer, f"`{dotted(pointer)}` {said}", f"change the template to produce {word}"
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
