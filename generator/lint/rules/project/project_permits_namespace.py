"""The rule TP832, project-permits-namespace."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import permits_namespaces, project_of, sync_options
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """With CreateNamespace=true the project must permit Namespaces.

    An empty clusterResourceWhitelist permits no cluster-scoped resource: the sync fails with "resource
    :Namespace is not permitted in project".
    Wrong:
        kind: Application
        spec:
          project: shop
          syncPolicy: {syncOptions: [CreateNamespace=true]}
        ---
        kind: AppProject
        metadata: {name: shop}
        spec: {sourceRepos: ["*"]}
    Right:
        kind: Application
        spec:
          project: shop
          syncPolicy: {syncOptions: [CreateNamespace=true]}
        ---
        kind: AppProject
        metadata: {name: shop}
        spec: {sourceRepos: ["*"], clusterResourceWhitelist: [{group: "", kind: Namespace}]}
    Source: argo-cd, docs/user-guide/projects.md; issues 20233, 22869
    """
    permitting = project_of(item, objects)
    if permitting is not None and not permits_namespaces(permitting):
        for pointer, option in sync_options(item):
            if option == "CreateNamespace=true":
                hint = "add `{group: '', kind: Namespace}` to its clusterResourceWhitelist"
                yield Finding(pointer, f"{permitting.title} does not permit Namespaces", hint)
