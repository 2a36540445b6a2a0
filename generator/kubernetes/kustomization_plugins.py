"""The plugins that kustomize contains: the fields of each kind, and those that name files.

A kind that ends in `List` would be taken apart into plugins that were never checked, and a field that is not known here
may name a file, or an address, which kustomize reads.
Source: kustomize, api/internal/plugins/builtinhelpers/builtins.go and api/internal/builtins
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer, dotted
from generator.kubernetes import kustomization
from generator.kubernetes.objects import maps, texts

FIELDS = ("generators", "transformers", "validators")
"""The fields of a kustomization that list plugins."""

_GENERATOR = ("name", "namespace", "behavior", "literals", "files", "envs", "env", "options")
_KINDS: Mapping[str, tuple[str, ...]] = {
    "AnnotationsTransformer": ("annotations", "fieldSpecs"),
    "ConfigMapGenerator": _GENERATOR,
    "HashTransformer": (),
    "IAMPolicyGenerator": ("cloud", "kubernetesService", "serviceAccount"),
    "ImageTagTransformer": ("imageTag", "fieldSpecs"),
    "LabelTransformer": ("labels", "fieldSpecs"),
    "LegacyOrderTransformer": (),
    "NamespaceTransformer": ("fieldSpecs", "unsetOnly", "setRoleBindingSubjects"),
    "PatchJson6902Transformer": ("target", "path", "jsonOp"),
    "PatchStrategicMergeTransformer": ("paths", "patches"),
    "PatchTransformer": ("path", "patch", "target", "options"),
    "PrefixSuffixTransformer": ("prefix", "suffix", "fieldSpecs"),
    "PrefixTransformer": ("prefix", "fieldSpecs"),
    "ReplacementTransformer": ("replacements",),
    "ReplicaCountTransformer": ("replica", "fieldSpecs"),
    "SecretGenerator": (*_GENERATOR, "type"),
    "SortOrderTransformer": ("sortOptions",),
    "SuffixTransformer": ("suffix", "fieldSpecs"),
    "ValueAddTransformer": ("value", "targets"),
}
"""Without the one that runs Helm, and without `targetFilePath`."""
_METADATA = ("name", "namespace", "labels", "annotations")
_REPLACEMENT = ("path", "source", "targets", "options")


def problem(data: Any) -> str:
    """Return what is wrong with the configuration of a plugin; empty if kustomize may have it."""
    if not isinstance(data, dict) or data.get("apiVersion") != "builtin" or str(data.get("kind")) not in _KINDS:
        return "only plugins that are built into kustomize, Helm excepted, can be run"
    kind, metadata = str(data["kind"]), data.get("metadata", {})
    known = ("apiVersion", "kind", "metadata", *_KINDS[kind])
    if not isinstance(metadata, dict):
        return f"`metadata` of the plugin {kind} is not a mapping"
    for key in data:
        if key not in known:
            return f"`{key}` is not a field of the plugin {kind}"
    for key in metadata:
        if key not in _METADATA:
            return f"`metadata.{key}` is not a field of the plugin {kind}"
    for index, item in maps(data.get("replacements")):
        for key in item:
            if key not in _REPLACEMENT:
                return f"`{dotted(('replacements', index, key))}` is not a field of the plugin {kind}"
    return ""


def files(data: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield what names a file in the configuration of a plugin, with its place; `paths` may also have patches."""
    if isinstance(data.get("path"), str):
        yield ("path",), data["path"]
    yield from ((("paths", index), text) for index, text in texts(data.get("paths")))
    yield from kustomization.inputs(data)
    for index, item in maps(data.get("replacements")):
        if isinstance(item.get("path"), str):
            yield ("replacements", index, "path"), item["path"]
