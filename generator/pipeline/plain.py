"""What is checked of plain manifests before Helm: placeholders, secrets, schemas, and what their project permits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.beside import CLUSTER_WIDE
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.target import of
from generator.lint.registry import between
from generator.lint.schema_rules import rule_of
from generator.service.manifests import PLACEHOLDER, placed
from generator.syntax.secrets.redaction import told

if TYPE_CHECKING:
    from generator.lint.schemas import Schemas
    from generator.service.build import Built

_PROJECT = "TP834"


class Plain:
    """Checks the plain manifests of services; schemas are read once for each version of Kubernetes."""

    def __init__(self, projects: Sequence[KubeObject], crds: Sequence[KubeObject] = ()) -> None:
        self._projects = projects
        self._crds = crds
        self._by_version: dict[str, Schemas] = {}

    def problems(self, built: Built) -> Iterator[Diagnostic]:
        """Yield the problems of the plain manifests of a service in an environment."""
        permitting = _project(built, self._projects)
        yield from self._of_folder(built, permitting)
        for one in built.manifests:
            for fault in one.faults:
                yield placed(built.resolved, one.item, fault.pointer, PLACEHOLDER, Severity.ERROR, fault.message, fault.hint)
            yield from _secrets(built, one.item)
            yield from self._by_schema(built, one.item)
            if permitting is not None:
                yield from _forbidden(built, one.item, permitting)

    def _of_folder(self, built: Built, permitting: KubeObject | None) -> Iterator[Diagnostic]:
        """Yield the problems of the files of a folder in the place of a chart.

        What is built from them is known to kustomize alone, so only manifests that are applied as they are must be whole.
        """
        where = (built.resolved.service, built.resolved.environment.name)
        for secret in built.stock.secrets if built.stock else ():
            yield told(secret._replace(service=where[0], environment=where[1]), "")
        for item in built.stock.objects if built.stock else ():
            yield from _secrets(built, item)
            if not built.stock or built.stock.data:
                continue
            yield from self._by_schema(built, item)
            if permitting is not None:
                yield from _forbidden(built, item, permitting)

    def _by_schema(self, built: Built, item: KubeObject) -> Iterator[Diagnostic]:
        for wrong in self._schemas(of(built.resolved.environment.spec.get("target")).kubernetes).problems(item) or ():
            rule, severity = rule_of(item, wrong)
            yield placed(built.resolved, item, wrong.pointer, rule, severity, wrong.message, wrong.hint)

    def _schemas(self, version: str) -> Schemas:
        if version not in self._by_version:
            from generator.lint import crds
            from generator.lint.schemas import Schemas, of_version

            custom = crds.schemas(self._crds)
            whole = of_version(version)
            self._by_version[version] = Schemas(version, only_argo=not whole.version, custom=custom) if custom else whole
        return self._by_version[version]


def _secrets(built: Built, item: KubeObject) -> Iterator[Diagnostic]:
    """Yield the secrets in an object of a file; those of an object in a spec are found with the spec's other values."""
    rule = between("secrets-outside-git")
    if item.source is not None and (item.group, item.kind) in rule.kinds:
        for found in rule.check(item, Objects([item])):
            yield placed(built.resolved, item, found.pointer, rule.id, rule.severity, found.message, found.hint)


def _project(built: Built, projects: Sequence[KubeObject]) -> KubeObject | None:
    """Return the AppProject of the Application of a service; None if it is not in the workspace."""
    return next((one for one in projects if one.name == built.application["project"]), None)


def _forbidden(built: Built, item: KubeObject, permitting: KubeObject) -> Iterator[Diagnostic]:
    """Yield what the project of the Application does not permit: the namespace of an object, or its kind."""
    from generator.kubernetes.applications import permits_cluster_kind, permits_destination, permits_kind

    destination = built.application["destination"]
    at: Pointer = ("kind",)
    message = hint = ""
    if item.kind in CLUSTER_WIDE:
        if not permits_cluster_kind(permitting, item.group, item.kind):
            message = f"{permitting.title} does not permit the cluster-scoped kind {item.kind}"
            hint = f'add `{{group: "{item.group}", kind: {item.kind}}}` to its clusterResourceWhitelist'
    elif not permits_kind(permitting, item.group, item.kind):
        message = f"{permitting.title} does not permit kind {item.kind}"
        hint = f'add `{{group: "{item.group}", kind: {item.kind}}}` to its namespaceResourceWhitelist'
    elif item.namespace and not permits_destination(permitting, {**destination, "namespace": item.namespace}):
        at = ("metadata", "namespace")
        message = f"{permitting.title} does not permit namespace `{item.namespace}`"
        hint = "remove the namespace: it is then the one of the destination; or add it to spec.destinations of the project"
    if message:
        yield placed(built.resolved, item, at, _PROJECT, Severity.ERROR, message, hint)
