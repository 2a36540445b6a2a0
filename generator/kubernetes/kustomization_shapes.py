"""The types of the fields of a kustomization: kustomize builds nothing if one has another.

Source: kustomize, api/types (kustomization.go, image.go, replica.go, patch.go, labels.go, configmapargs.go)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer

Shape = str | list[Any] | Mapping[str, Any]
"""A type by its name, a list of one shape, or a mapping of shapes; `*` is the shape of all other keys."""

_TEXTS: Shape = ["string"]
_BY_NAME: Shape = {"*": "string"}
_ANY: Shape = {}
_TARGET: Shape = {
    **dict.fromkeys(("group", "version", "kind", "name", "namespace", "annotationSelector", "labelSelector"), "string")
}
_PATCH: Shape = {"path": "string", "patch": "string", "target": _TARGET, "options": {"*": "boolean"}}
_GENERATOR: Shape = {
    **dict.fromkeys(("name", "namespace", "behavior", "env", "type"), "string"),
    **dict.fromkeys(("files", "envs", "literals"), _TEXTS),
    "options": _ANY,
}
_LABEL: Shape = {"pairs": _BY_NAME, "includeSelectors": "boolean", "includeTemplates": "boolean", "fields": [_ANY]}
_SHAPES: Mapping[str, Shape] = {
    **dict.fromkeys(("resources", "bases", "components", "crds", "configurations", "buildMetadata"), _TEXTS),
    **dict.fromkeys(("generators", "transformers", "validators", "patchesStrategicMerge"), _TEXTS),
    **dict.fromkeys(("namePrefix", "nameSuffix", "namespace"), "string"),
    **dict.fromkeys(("commonLabels", "commonAnnotations", "openapi"), _BY_NAME),
    **dict.fromkeys(("metadata", "generatorOptions", "sortOptions"), _ANY),
    **{field: [_PATCH] for field in ("patches", "patchesJson6902")},
    **{field: [_GENERATOR] for field in ("configMapGenerator", "secretGenerator")},
    "images": [dict.fromkeys(("name", "newName", "newTag", "tagSuffix", "digest"), "string")],
    "replicas": [{"name": "string", "count": "integer"}],
    "labels": [_LABEL],
    "replacements": [{"path": "string", "source": _ANY, "targets": [_ANY]}],
    "vars": [_ANY],
}


def misshapen(document: Mapping[str, Any]) -> Iterator[tuple[Pointer, str, Any]]:
    """Yield the places with a value of another type than kustomize reads, each with the type and the value."""
    for field, shape in _SHAPES.items():
        if document.get(field) is not None:
            yield from _of(shape, document[field], (field,))


def _of(shape: Shape, value: Any, at: Pointer) -> Iterator[tuple[Pointer, str, Any]]:
    if isinstance(shape, str):
        if not _FITS[shape](value):
            yield at, shape, value
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield at, "list", value
            return
        for index, item in enumerate(value):
            if item is not None or shape is _TEXTS:
                yield from _of(shape[0], item, (*at, index))
    elif not isinstance(value, dict):
        yield at, "mapping", value
    else:
        for key, item in value.items():
            inner = shape.get(key, shape.get("*"))
            if inner is not None and item is not None:
                yield from _of(inner, item, (*at, key))


_FITS = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: (isinstance(value, int) and not isinstance(value, bool)) or _is_whole(value),
}


def _is_whole(value: Any) -> bool:
    """Tell whether a value is a float without a fraction, which Go reads as an integer."""
    return isinstance(value, float) and value.is_integer()
