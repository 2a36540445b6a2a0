"""The rule TP864, manifests-deployed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.kubernetes.applications import APPLICATION, PROJECT
from generator.kubernetes.applicationsets.expansion import APPLICATION_SET, expansion_of
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.repository import Own, Repository, What, covers, folders_of, repository_of
from generator.lint.rules.rule import Finding

_OF_ARGO_CD = (*APPLICATION, *APPLICATION_SET, *PROJECT)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A directory with manifests should be deployed by an Application.

    In a repository that Applications deploy from, manifests that no path covers are often left over, or were
    forgotten. Directories with nothing but Applications, ApplicationSets and AppProjects are left out, as they are
    often applied by hand. Nothing is reported while an ApplicationSet of this repository cannot be expanded, or an
    Application names a path that does not exist.
    Wrong:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
        ---
        kind: ConfigMap
        metadata: {name: forgotten}
    Right:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
    Source: argo-cd, docs/user-guide/directory.md
    """
    folder = objects.once("folders that nothing deploys", _uncovered).get(id(item.data))
    if folder is not None:
        message = f"no Application deploys the manifests in `{folder or '.'}`"
        yield Finding((), message, "add an Application, or remove the directory")


def _uncovered(objects: Objects) -> dict[int, str]:
    """Return the folders that no Application covers, by the object that this is told at."""
    repository = repository_of(objects)
    if repository is None or any(_may_read(item, objects, repository) for item in objects.of(*APPLICATION_SET[0])):
        return {}
    reads = [one for item in objects.of(*APPLICATION[0]) for one in folders_of(item, repository)]
    if any(repository.kind(one.path) is What.NOTHING for one in reads):
        return {}  # the path that is wrong may mean one of them
    exact = {one.path for one in reads}
    wide = [one for one in reads if covers(one, f"{one.path}/any".lstrip("/"))]
    found = {}
    for folder, items in repository.folders.items() if reads else ():
        others = [item for item in items if (item.group, item.kind) not in _OF_ARGO_CD]
        if others and folder not in exact and not any(covers(one, folder) for one in wide):
            found[id(others[0].data)] = folder
    return found


def _may_read(item: KubeObject, objects: Objects, repository: Repository) -> bool:
    """Tell whether an ApplicationSet may make Applications that read this repository, and that are not known."""
    expansion = expansion_of(item, objects)
    return bool(expansion.unknown or not expansion.applications) and any(
        repository.owns(address) is not Own.NO or "{{" in address for address in _addresses(item.spec)
    )


def _addresses(node: Any) -> Iterator[str]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("repoURL"), str):
        yield node["repoURL"]
    for child in children:
        yield from _addresses(child)
