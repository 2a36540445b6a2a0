"""The rule TP831, project-permits."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.applications import (
    PROJECT,
    permits_destination,
    permits_source,
    project,
    project_of,
    sources,
    takes_from,
)
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding
from generator.syntax.wording import slip, suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The project of an Application must exist, and permit its repositories and its destination.

    Otherwise the sync fails with InvalidSpecError. If only some projects are known, one that is missing is a
    warning. In sourceRepos, `*` does not match a `/` unless it is the
    whole pattern, and a pattern that starts with `!` denies. An Application outside the namespace of Argo CD
    must be in one of the sourceNamespaces.
    Wrong:
        kind: Application
        spec:
          project: shop
          source: {repoURL: "https://example.com/team/web.git", path: deploy}
        ---
        kind: AppProject
        metadata: {name: shop}
        spec: {sourceRepos: ["https://example.com/*"]}
    Right:
        kind: Application
        spec:
          project: shop
          source: {repoURL: "https://example.com/team/web.git", path: deploy}
        ---
        kind: AppProject
        metadata: {name: shop}
        spec: {sourceRepos: ["https://example.com/team/*"]}
    Source: argo-cd, util/argo/argo.go, ValidatePermissions; docs/user-guide/projects.md
    """
    for reference, known in objects.missing(project(item), item):
        hint = suggestion(reference.name, known, "add the AppProject, or use the name of an existing one")
        message, whole = f"AppProject `{reference.name}` does not exist", objects.is_whole(*PROJECT[0])
        whole = whole or bool(slip(reference.name, known))
        if not whole:
            message = f"AppProject `{reference.name}` is not in this set"
        yield Finding(reference.pointer, message, hint, severity=None if whole else Severity.WARNING)
    permitting = project_of(item, objects)
    if permitting is None:
        return
    if not takes_from(permitting, item.namespace):
        message = f"{permitting.title} does not permit Applications in namespace `{item.namespace}`"
        yield Finding(("metadata", "namespace"), message, "add it to spec.sourceNamespaces of the project")
    for pointer, source in sources(item):
        address = source.get("repoURL")
        if isinstance(address, str) and address and not permits_source(permitting, address):
            message = f"{permitting.title} does not permit repository `{address}`"
            yield Finding((*pointer, "repoURL"), message, "add it to spec.sourceRepos of the project")
    destination = table(item.spec, "destination")
    if destination and not permits_destination(permitting, destination):
        where = destination.get("server") or destination.get("name")
        message = f"{permitting.title} does not permit namespace `{destination.get('namespace') or ''}` of `{where}`"
        yield Finding(("spec", "destination"), message, "add it to spec.destinations of the project")
