"""Validate rendered objects against the schemas of Kubernetes and Argo.

The schemas of Kubernetes come from the package kubernetes-validate. Its files are read through one
registry, because its own validate() reads a megabyte of definitions for every object, and stops at the
first error. The schemas of Argo ship with Tiphys, and those of well-known
operators. Other kinds have no schema here; they are counted, and never reported as valid.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from generator.diagnostics import Pointer
from generator.kubernetes.api_groups import BUILT_IN
from generator.kubernetes.objects import ROLLOUTS, KubeObject
from generator.kubernetes.pods.places import pods_in
from generator.lint import operators
from generator.lint.list_keys import Lists, lists_of, twice
from generator.lint.schema_versions import installed, nearest, package, release, versions
from generator.syntax import shipped
from generator.syntax.schema.accept import DATE_TIME, Acceptor, UnknownKeywordError

if TYPE_CHECKING:
    from generator.syntax.schema.errors import SchemaProblem

_ARGO = {
    "Rollout": "rollout",
    "AnalysisTemplate": "analysistemplate",
    "ClusterAnalysisTemplate": "clusteranalysistemplate",
    "Experiment": "experiment",
    "Application": "application",
    "ApplicationSet": "applicationset",
    "AppProject": "appproject",
}
_DEFINITIONS = "_definitions.json"
_POD = "io.k8s.api.core.v1.PodTemplateSpec"
_UNKNOWN = "TP021"
"""The rule of a field that a schema does not name."""
MOST = 100
"""Problems of one object that are put into words."""


class Schemas:
    """The schemas of one Kubernetes version and of Argo."""

    def __init__(
        self, version: str = "", *, only_argo: bool = False, custom: Mapping[str, dict[str, Any]] | None = None
    ) -> None:
        """Begin with a version of Kubernetes, and schemas of custom resources by apiVersion and kind."""
        self.version = "" if only_argo else nearest(version)
        """The version whose schemas are used: the newest one that is not newer than the requested version."""
        self._folder = "" if only_argo else os.path.join(package(), f"v{self.version}.0-local-strict")
        self._known: dict[str, dict[str, Any] | None] = {_POD: {"$ref": f"{_DEFINITIONS}#/$defs/{_POD}"}}
        self._custom = custom or {}
        self._of_operators: set[str] = set()
        self._definitions = _Definitions(self._folder)
        self._acceptor = Acceptor(self._known, self._definitions)  # type: ignore[arg-type]
        self._validators: dict[str, Any] = {}

    def problems(self, item: KubeObject, most: int = MOST) -> list[SchemaProblem] | None:
        """Return the first problems of an object according to its schema; None if its kind has no schema.

        A fast acceptor passes most objects; jsonschema, which is slow, only explains the rejected ones.
        """
        if not self.knows(item):
            return self._no_schema(item)
        key = f"{item.api_version} {item.kind}"
        data = without_nulls(item.data)
        found = self._violations(key, data, most)
        if key in self._of_operators:
            return [_of_release(one, operators.release_of(item)) for one in found]
        if item.group != ROLLOUTS or not self._folder:
            return self._dated(found, key, data) if item.is_built_in else found
        told = {(problem.pointer, problem.at_key) for problem in found}
        return [*found, *(one for one in self._of_pods(item) if (one.pointer, one.at_key) not in told)]

    def knows(self, item: KubeObject) -> bool:
        """Tell whether the kind of an object has a schema."""
        key = f"{item.api_version} {item.kind}"
        if key not in self._known:
            self._known[key] = self._schema(item)
        return self._known[key] is not None

    def named(self, key: str, data: Any) -> list[SchemaProblem] | None:
        """Return the problems of data by the schema of a kind, or of pods; None without such a schema."""
        return self._violations(key, data, MOST) if key == _POD or self.knows(KubeObject(data)) else None

    def _of_pods(self, item: KubeObject) -> Iterator[SchemaProblem]:
        """Yield the problems of the pods of a custom resource: its own schema leaves parts of them open."""
        for pod in pods_in(item):
            template = without_nulls(pod.template)
            for one in self._dated(self._violations(_POD, template, MOST), _POD, template):
                yield one._replace(pointer=(*pod.base, *one.pointer))
            from generator.syntax.schema.errors import SchemaProblem

            for again in twice(pod.template, self._lists, pod.base):
                yield SchemaProblem(again.pointer, "", again.message, "remove one of the two, or change it", False)

    @cached_property
    def _lists(self) -> Lists:
        return lists_of(_POD, self._definitions.file["$defs"])

    def _violations(self, key: str, data: Any, most: int) -> list[SchemaProblem]:
        """Return what of some data violates the schema of this name, each once; a last line if there is more."""
        try:
            if self._acceptor.accepts(key, data):
                return []
        except UnknownKeywordError:
            pass
        from generator.syntax.schema.errors import SchemaProblem, words

        schema = self._known[key] or {}
        found: dict[SchemaProblem, None] = {}
        for error in self._validator(key, schema).iter_errors(data):
            for problem in words(error):
                if len(found) == most and problem not in found:
                    rest = SchemaProblem(
                        (), "", f"more than {most:,} parts violate the schema", "correct the first ones", False
                    )
                    return [*found, rest] if most > 1 else [*found]
                found[problem] = None
        return [*found]

    def _no_schema(self, item: KubeObject) -> list[SchemaProblem] | None:
        if not (self._folder and item.is_built_in and item.kind):
            return None
        from generator.syntax.schema.errors import SchemaProblem

        message = f"Kubernetes {self.version} has no {item.api_version} {item.kind}"
        known = [version for version in versions() if of_version(version).knows(item)]
        hint = "use the version of the API that this cluster has"
        if known and release(known[0]) > release(self.version):
            hint = f"use a version of the API that this cluster has; {known[0]} is the first with this one"
        elif known:
            hint = f"use a newer version of the API; {known[-1]} is the last with this one"
        return [SchemaProblem(("apiVersion",), "", message, hint, False)]

    def _dated(self, found: list[SchemaProblem], key: str, data: Any) -> list[SchemaProblem]:
        """Return problems, as those of a newer version of Kubernetes that are fields of one."""
        unknown = {one.pointer for one in found if one.rule == _UNKNOWN}
        since: dict[Pointer, str] = {}
        for version in versions() if unknown and self._folder else ():
            if release(version) > release(self.version) and unknown - since.keys():
                newer = of_version(version).named(key, data)
                still = unknown if newer is None else {one.pointer for one in newer}
                since |= dict.fromkeys(unknown - since.keys() - still, version)
        return [_newer(one, self.version, since[one.pointer]) if one.pointer in since else one for one in found]

    def _schema(self, item: KubeObject) -> dict[str, Any] | None:
        if item.group == ROLLOUTS:
            name = _ARGO.get(item.kind)
            return json.loads(shipped.read("schemas", "crds", f"{name}.json")) if name else None
        if not item.is_built_in:
            return self._custom.get(f"{item.api_version} {item.kind}") or self._of_operator(item)
        group, _, version = item.api_version.rpartition("/")
        prefix = f"{group.partition('.')[0]}-" if group else ""
        path = os.path.join(self._folder, f"{item.kind.lower()}-{prefix}{version}.json")
        if group not in BUILT_IN or not re.fullmatch(r"[A-Za-z]+", item.kind) or not os.path.isfile(path):
            return None
        return _json(path)

    def _of_operator(self, item: KubeObject) -> dict[str, Any] | None:
        """Return the schema that ships with Tiphys, unless the user has definitions of this kind in other versions."""
        has_own = any(key.partition("/")[0] == item.group and key.endswith(f" {item.kind}") for key in self._custom)
        found = None if has_own else operators.schema_of(item)
        if found is not None:
            self._of_operators.add(f"{item.api_version} {item.kind}")
        return found

    def _validator(self, key: str, schema: dict[str, Any]) -> Any:
        if key not in self._validators:
            from jsonschema import Draft7Validator, FormatChecker
            from referencing import Registry
            from referencing.jsonschema import DRAFT7

            registry = Registry()
            if self._folder:
                registry = registry.with_resource(_DEFINITIONS, DRAFT7.create_resource(self._definitions.file))
            formats = FormatChecker(())
            formats.checks("date-time")(lambda value: not isinstance(value, str) or re.fullmatch(DATE_TIME, value) is not None)
            self._validators[key] = Draft7Validator(schema, registry=registry, format_checker=formats)
        return self._validators[key]


@lru_cache(maxsize=32)
def of_version(version: str) -> Schemas:
    """Return the schemas of a Kubernetes version and of Argo; those of Argo alone if the others are not installed."""
    return Schemas(version, only_argo=not installed())


def _of_release(problem: SchemaProblem, release: str) -> SchemaProblem:
    if problem.rule != _UNKNOWN or problem.meant:
        return problem._replace(of_release=release)
    hint = f"correct it, or name the definitions of your cluster in `lint.crds` if it has another release than {release}"
    return problem._replace(hint=hint, of_release=release)


def _newer(problem: SchemaProblem, stated: str, since: str) -> SchemaProblem:
    message = f"Kubernetes {stated} has no field `{problem.pointer[-1]}`, so the API server drops it"
    hint = f"remove it, or use Kubernetes {since} or newer, and state that as the target"
    return problem._replace(message=message, hint=hint, meant="")


class _Definitions(Mapping[str, Any]):
    """The shared definitions of one Kubernetes version, by reference; the file is read on first use."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    @cached_property
    def file(self) -> dict[str, Any]:
        return _json(os.path.join(self._folder, _DEFINITIONS))

    def __getitem__(self, reference: str) -> Any:
        file, _, name = reference.rpartition("#/$defs/")
        if file.rpartition("/")[2] not in ("", _DEFINITIONS):
            raise UnknownKeywordError(reference)
        return self.file["$defs"][name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.file["$defs"])

    def __len__(self) -> int:
        return len(self.file["$defs"])


def _json(path: str) -> dict[str, Any]:
    with open(path, "rb") as file:
        found: dict[str, Any] = json.load(file)
    return found


def without_nulls(node: Any) -> Any:
    """Return data without the keys whose value is null, which the API server drops before it validates."""
    if isinstance(node, dict):
        return {key: without_nulls(value) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [without_nulls(value) for value in node]
    return node
