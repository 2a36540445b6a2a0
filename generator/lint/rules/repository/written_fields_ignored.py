"""The rule TP867, written-fields-ignored."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import APPLICATION, ignored
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.repository import Repository, covers, folders_of, repository_of
from generator.kubernetes.writers import written
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """With selfHeal, an Application must ignore the fields that a controller writes and Git sets as well.

    If Git sets such a field to something else, Argo CD resets it within seconds, again and again. A field that Git
    does not set is left alone. Known are the caBundle that cert-manager, service-ca, istiod, External Secrets,
    Gatekeeper, ECK and Capsule write, the failurePolicy of istiod's webhooks, the parameters and images that Argo CD
    Image Updater writes into Applications, the replicas of autoscaled RayClusters and MachineDeployments, and the
    revision of a Composition. What scales a Deployment or Rollout is TP631.
    Wrong:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
          syncPolicy: {automated: {selfHeal: true}}
        ---
        kind: ValidatingWebhookConfiguration
        metadata: {name: web, annotations: {cert-manager.io/inject-ca-from: web/cert}}
        webhooks: [{name: web.example.com, clientConfig: {caBundle: Cg==}}]
    Right:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
          syncPolicy: {automated: {selfHeal: true}}
        ---
        kind: ValidatingWebhookConfiguration
        metadata: {name: web, annotations: {cert-manager.io/inject-ca-from: web/cert}}
        webhooks: [{name: web.example.com, clientConfig: {service: {name: web, namespace: web}}}]
    Source: argo-cd, docs/user-guide/diffing.md; the documentation or an issue of each project
    """
    repository = repository_of(objects)
    for pointer, writer in written(item) if repository is not None else ():
        for application in _healing(item, objects, repository):
            if not ignored(application, item.group, item.kind):
                message = f"{writer} writes `{pointer[-1]}`, and {application.title} resets it to the value in Git"
                yield Finding(pointer, message, f"remove it here, or add it to ignoreDifferences of {application.title}")
                break


def _healing(item: KubeObject, objects: Objects, repository: Repository | None) -> Iterator[KubeObject]:
    """Yield the Applications with selfHeal that deploy an object."""
    if repository is None:
        return
    folders = [folder for folder, items in repository.folders.items() if any(one.data is item.data for one in items)]
    for application in objects.of(*APPLICATION[0]):
        automated = at(application.spec, "syncPolicy", "automated")
        heals = isinstance(automated, dict) and automated.get("selfHeal") is True and automated.get("enabled") is not False
        if heals and any(covers(one, folder) for one in folders_of(application, repository) for folder in folders):
            yield application
