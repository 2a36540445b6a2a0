"""The fields of a kustomization, and those that kustomize reads as others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import maps

FIELDS = frozenset(
    (
        *("apiVersion", "kind", "metadata", "openapi", "resources", "bases", "components", "crds", "configurations"),
        *("generators", "transformers", "validators", "patches", "patchesStrategicMerge", "patchesJson6902", "replacements"),
        *("configMapGenerator", "secretGenerator", "generatorOptions", "images", "imageTags", "replicas", "labels", "vars"),
        *("commonLabels", "commonAnnotations", "namePrefix", "nameSuffix", "namespace", "buildMetadata", "sortOptions"),
        *("helmCharts", "helmChartInflationGenerator", "helmGlobals", "inventory"),
    )
)
"""The fields of a kustomization. Source: kustomize, api/types/kustomization.go"""

_IN_ITEMS = ("path", "files", "envs", "env", "literals", "patch", "target", "name", "namespace", "options", "behavior", "type")
_WITH_PATHS = ("patches", "patchesJson6902", "replacements", "configMapGenerator", "secretGenerator")


def odd_keys(data: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield the fields that kustomize reads as others, with the name that it reads: `Resources` as `resources`."""
    yield from _odd(data, FIELDS, ())
    for field in _WITH_PATHS:
        for index, item in maps(data.get(field)):
            yield from _odd(item, _IN_ITEMS, (field, index))
    api = data.get("openapi")
    if isinstance(api, dict):
        yield from _odd(api, ("path",), ("openapi",))


def _odd(data: Mapping[str, Any], known: Any, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    usual = {name.casefold(): name for name in known}
    for key in data:
        name = usual.get(str(key).casefold())
        if name is not None and name != key:
            yield (*at, str(key)), name
