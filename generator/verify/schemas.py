"""Rendered objects against the schemas of Kubernetes and of Argo.

Kubernetes' own come from the package kubernetes-validate, whose files are read through one registry: its
own call reads a megabyte of definitions anew for every object, and stops at the first error. Argo's
ship with mooring. Other kinds (routes, monitors, secrets of operators) have none here; they are counted
and never called valid.
"""

from __future__ import annotations

import json
import os
import re
from functools import lru_cache
from typing import Any

from generator import resources
from generator.diagnostics import Pointer
from generator.errors import ConfigError
from generator.objects import ROLLOUTS, KubeObject
from generator.schema_errors import SchemaProblem, words

_ARGO = {
    "Rollout": "rollout",
    "AnalysisTemplate": "analysistemplate",
    "ClusterAnalysisTemplate": "clusteranalysistemplate",
    "Experiment": "experiment",
    "Application": "application",
    "ApplicationSet": "applicationset",
    "AppProject": "appproject",
}
_BUILT_IN = frozenset(
    ["", "apps", "autoscaling", "batch", "extensions", "policy"]
    + [
        f"{name}.k8s.io"
        for name in (
            *("admissionregistration", "apiextensions", "apiregistration", "authentication", "authorization", "certificates"),
            *("coordination", "discovery", "events", "flowcontrol.apiserver", "networking", "node", "rbac.authorization"),
            *("resource", "scheduling", "storage", "storagemigration"),
        )
    ]
)
"""The API groups of Kubernetes itself: a kind there that a version has no schema for does not exist in it."""

_GET = 'pip install "mooring[verify]"'


def installed() -> bool:
    """Tell whether there are schemas of Kubernetes itself."""
    from importlib.util import find_spec

    return find_spec("kubernetes_validate") is not None


class Schemas:
    """The schemas of one version of Kubernetes, and of Argo."""

    def __init__(self, version: str = "", *, only_argo: bool = False) -> None:
        self.version = "" if only_argo else _nearest(version)
        """The version whose schemas are used: the newest that is not newer than what was asked for."""
        self._folder = "" if only_argo else os.path.join(_package(), f"v{self.version}.0-local-strict")
        self._validators: dict[tuple[str, str], Any] = {}

    def problems(self, item: KubeObject) -> list[SchemaProblem] | None:
        """Return what is wrong with an object by its schema; None if there is no schema for its kind."""
        validator = self._validator(item)
        if validator is None:
            if self._folder and item.group in _BUILT_IN and item.kind and item.api_version:
                message = f"Kubernetes {self.version} has no {item.api_version} {item.kind}"
                return [SchemaProblem(("apiVersion",), "", message, "use the version of the API that this cluster has", False)]
            return None
        found = [problem for error in validator.iter_errors(without_nulls(item.data)) for problem in words(error)]
        return list(dict.fromkeys(found))

    def _validator(self, item: KubeObject) -> Any:
        key = (item.api_version, item.kind)
        if key not in self._validators:
            self._validators[key] = self._find(item)
        return self._validators[key]

    def _find(self, item: KubeObject) -> Any:
        from jsonschema import Draft7Validator

        if item.group == ROLLOUTS:
            name = _ARGO.get(item.kind)
            return Draft7Validator(json.loads(resources.read("schemas", "crds", f"{name}.json"))) if name else None
        group, _, version = item.api_version.rpartition("/")
        prefix = f"{group.partition('.')[0]}-" if group else ""
        path = os.path.join(self._folder, f"{item.kind.lower()}-{prefix}{version}.json")
        if group not in _BUILT_IN or not re.fullmatch(r"[A-Za-z]+", item.kind) or not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            return Draft7Validator(json.load(file), registry=_definitions(self._folder))


def without_nulls(node: Any) -> Any:
    """Return data without the keys whose value is null, which the API server drops before it looks."""
    if isinstance(node, dict):
        return {key: without_nulls(value) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [without_nulls(value) for value in node]
    return node


def value_at(data: Any, pointer: Pointer) -> Any:
    """Return what stands at a pointer; None where nothing does."""
    for part in pointer:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


@lru_cache(maxsize=8)
def _definitions(folder: str) -> Any:
    from referencing import Registry
    from referencing.jsonschema import DRAFT7

    with open(os.path.join(folder, "_definitions.json"), "rb") as file:
        return Registry().with_resource("_definitions.json", DRAFT7.create_resource(json.load(file)))


@lru_cache(maxsize=1)
def _package() -> str:
    from importlib.util import find_spec  # importing the package itself takes a tenth of a second

    spec = find_spec("kubernetes_validate")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("the schemas of Kubernetes are not installed", _GET)
    return os.path.join(spec.submodule_search_locations[0], "kubernetes-json-schema")


@lru_cache(maxsize=8)
def _nearest(wanted: str) -> str:
    names = (re.fullmatch(r"v(\d+)\.(\d+)\.0-local-strict", name) for name in os.listdir(_package()))
    known = sorted((int(match[1]), int(match[2])) for match in names if match)
    if not known:
        raise ConfigError("the schemas of Kubernetes are not where they were expected", f"upgrade: {_GET} --upgrade")
    match = re.match(r"v?(\d+)\.(\d+)", wanted)
    limit = (int(match[1]), int(match[2])) if match else known[-1]
    fitting = [version for version in known if version <= limit] or known[:1]
    return ".".join(map(str, fitting[-1]))
