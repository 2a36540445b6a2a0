"""What a kustomization says, as far as it decides which objects a build holds and what they are called.

kustomize itself builds for `verify`. Before that, names, labels and selectors are needed to find the workload of
a service: patches and generators rarely change them, and `verify` reports where they do.
Source: kustomize, api/types/kustomization.go
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, at, maps, texts
from generator.syntax.secrets.looks import is_filled_in

FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names that a kustomization may have; a directory must have exactly one of them."""

BASES = ("resources", "bases", "components")
"""Fields that list files and directories with objects."""

_PATHS = ("patchesStrategicMerge", "crds", "configurations", "generators", "transformers", "validators")
_IN_PLACE = ("patchesStrategicMerge", "generators", "transformers", "validators")
"""Fields whose entries may be written in their place; such an entry has more than one line."""
_OBJECTS_WITH_PATH = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")

_REMOTE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:|git::|(?:www\.)?(?:github|gitlab|bitbucket)\.",
    re.IGNORECASE,
)
"""How kustomize knows what it has to fetch. Source: kustomize, api/internal/git/repospec.go"""


def is_remote(entry: str) -> bool:
    """Tell whether kustomize would fetch an entry from elsewhere."""
    return _REMOTE.match(entry.strip()) is not None or "?ref=" in entry or "//" in entry


def paths(data: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield everything in a kustomization that names a file or a directory, with its place."""
    for field in (*BASES, *_PATHS):
        for index, text in texts(data.get(field)):
            if "\n" not in text or field not in _IN_PLACE:
                yield (field, index), text
    for field in _OBJECTS_WITH_PATH:
        for index, item in maps(data.get(field)):
            if isinstance(item.get("path"), str):
                yield (field, index, "path"), item["path"]
    if isinstance(at(data, "openapi", "path"), str):
        yield ("openapi", "path"), data["openapi"]["path"]
    yield from _of_generators(data)


def _of_generators(data: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    for field in _GENERATORS:
        for index, item in maps(data.get(field)):
            for pointer, text in inputs(item):
                yield (field, index, *pointer), text


def inputs(generator: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield the files that a generator of ConfigMaps or Secrets reads, with their places in it; `files` may name keys."""
    for number, text in texts(generator.get("files")):
        yield ("files", number), text.rpartition("=")[2]
    for number, text in texts(generator.get("envs")):
        yield ("envs", number), text
    if isinstance(generator.get("env"), str):
        yield ("env",), generator["env"]


def is_inflating(data: Mapping[str, Any]) -> Pointer:
    """Return the place of charts that kustomize would have Helm render, which Argo CD does only if it is told to."""
    return next(((field,) for field in ("helmCharts", "helmChartInflationGenerator") if data.get(field)), ())


def generates(data: Mapping[str, Any]) -> bool:
    """Tell whether a kustomization makes objects itself."""
    return any(data.get(field) for field in (*_GENERATORS, "generators", "helmCharts"))


def secrets(data: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield the secrets that are written down in a kustomization, with their names."""
    for index, item in maps(data.get("secretGenerator")):
        for number, text in texts(item.get("literals")):
            name, _, value = text.partition("=")
            if value and not is_filled_in(value):
                yield ("secretGenerator", index, "literals", number), name


def named(data: Mapping[str, Any], objects: Iterable[KubeObject]) -> list[KubeObject]:
    """Return the objects of a build as a kustomization names and labels them."""
    before, after = str(data.get("namePrefix") or ""), str(data.get("nameSuffix") or "")
    common = _labels(data.get("commonLabels"))
    everywhere, outside = dict(common), dict(common)
    inside = dict(common)
    for _, item in maps(data.get("labels")):
        pairs = _labels(item.get("pairs"))
        outside |= pairs
        everywhere |= pairs if item.get("includeSelectors") is True else {}
        inside |= pairs if item.get("includeTemplates") is True or item.get("includeSelectors") is True else {}
    namespace = data.get("namespace") if isinstance(data.get("namespace"), str) else ""
    return [_as_named(one, f"{before}{one.name}{after}", str(namespace), outside, inside, everywhere) for one in objects]


def _as_named(
    item: KubeObject,
    name: str,
    namespace: str,
    labels: dict[str, str],
    of_pods: dict[str, str],
    selecting: dict[str, str],
) -> KubeObject:
    metadata: dict[str, Any] = {**item.metadata, "name": name}
    if namespace:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = {**item.labels, **labels}
    data = {**item.data, "metadata": metadata}
    selector = item.spec.get("selector")
    if item.kind == "Service" and selecting and isinstance(selector, dict):
        data["spec"] = {**item.spec, "selector": {**selector, **selecting}}
    template = at(item.data, "spec", "template")
    if isinstance(template, dict) and (of_pods or selecting):
        data["spec"] = {**item.spec, "template": _labelled(template, of_pods)}
        chosen = at(item.data, "spec", "selector", "matchLabels")
        if isinstance(selector, dict) and isinstance(chosen, dict):
            data["spec"]["selector"] = {**selector, "matchLabels": {**chosen, **selecting}}
    return item._replace(data=data)


def _labelled(template: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    metadata, own = template.get("metadata"), at(template, "metadata", "labels")
    metadata, own = (value if isinstance(value, dict) else {} for value in (metadata, own))
    return {**template, "metadata": {**metadata, "labels": {**own, **labels}}}


def _labels(value: Any) -> dict[str, str]:
    return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}


def placeholder_of(data: Mapping[str, Any], repository: str) -> str:
    """Return the name by which a kustomization knows an image that it replaces by a repository; the repository without one.

    Argo CD replaces the entry of the same name, as `kustomize edit set image` does.
    """
    for _, item in maps(data.get("images")):
        if item.get("newName") == repository and isinstance(item.get("name"), str):
            return str(item["name"])
    return repository
