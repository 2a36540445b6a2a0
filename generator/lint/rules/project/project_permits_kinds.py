"""The rule TP833, project-permits-kinds."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import permits_kind, project_of, rollouts_of
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.analysis.analysis_template_known import templates
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A project must permit the kinds of Argo Rollouts that its Applications deploy.

    Without a namespaceResourceWhitelist every kind in a namespace is permitted; with an empty one, none is.
    The sync fails at the first Rollout or AnalysisTemplate that the list does not contain, or that the
    namespaceResourceBlacklist contains.
    Wrong:
        kind: AppProject
        metadata: {name: shop}
        spec:
          sourceRepos: ["*"]
          destinations: [{server: "*", namespace: "*"}]
          namespaceResourceWhitelist: [{group: apps, kind: "*"}]
        ---
        kind: Application
        spec:
          project: shop
          destination: {name: in-cluster, namespace: shop}
          source: {repoURL: "https://example.com/web.git", path: deploy}
        ---
        kind: Rollout
        metadata: {name: web, namespace: shop}
    Right:
        kind: AppProject
        metadata: {name: shop}
        spec:
          sourceRepos: ["*"]
          destinations: [{server: "*", namespace: "*"}]
          namespaceResourceWhitelist: [{group: apps, kind: "*"}, {group: argoproj.io, kind: Rollout}]
        ---
        kind: Application
        spec:
          project: shop
          destination: {name: in-cluster, namespace: shop}
          source: {repoURL: "https://example.com/web.git", path: deploy}
        ---
        kind: Rollout
        metadata: {name: web, namespace: shop}
    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, IsGroupKindNamePermitted; docs/user-guide/projects.md
    """
    permitting = project_of(item, objects)
    if permitting is None:
        return
    refused: dict[str, KubeObject] = {}
    for rollout in rollouts_of(item, objects):
        named = [objects.referred(reference, rollout) for reference in templates(rollout) if reference.near]
        for one in (rollout, *(found for found in named if found is not None)):
            if not permits_kind(permitting, one.group, one.kind):
                refused.setdefault(one.kind, one)
    for kind, one in refused.items():
        message = f"{permitting.title} does not permit kind {kind}, which {item.title} deploys: {one.title}"
        hint = f"add `{{group: {one.group}, kind: {kind}}}` to its namespaceResourceWhitelist"
        yield Finding(("spec", "project"), message, hint)
