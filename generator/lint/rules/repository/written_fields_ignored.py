"""The rule TP867, written-fields-ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applications import APPLICATION, ignored
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.repository import Repository, covers, folders_of, repository_of
from generator.lint.rules.rule import Finding

_INJECTED = ("cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret", "cert-manager.io/inject-apiserver-ca")
_ISTIO = ("istiod-", "istio-validator", "istio-sidecar-injector")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """With selfHeal, an Application must ignore the fields that a controller writes and Git sets as well.

    cert-manager writes the caBundle of objects with its annotation, and istiod the caBundle and the failurePolicy of
    its webhooks. If Git sets them to something else, Argo CD resets them within seconds, again and again. A field
    that Git does not set is left alone.
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
    Source: cert-manager, docs/concepts/ca-injector.md; istio, pilot/pkg/webhooks/validation/controller; argo-cd, docs/user-guide/diffing.md
    """
    repository = repository_of(objects)
    for pointer, writer in _written(item) if repository is not None else ():
        for application in _healing(item, objects, repository):
            if not ignored(application, item.group, item.kind):
                message = f"{writer} writes `{pointer[-1]}`, and {application.title} resets it to the value in Git"
                yield Finding(pointer, message, f"remove it here, or add it to ignoreDifferences of {application.title}")
                break


def _written(item: KubeObject) -> Iterator[tuple[Pointer, str]]:
    """Yield the fields of an object that Git sets and a controller writes, with the controller."""
    is_istio = item.name.startswith(_ISTIO)
    if not is_istio and not any(name in item.annotations for name in _INJECTED):
        return
    writer = "istiod" if is_istio else "cert-manager"
    places: list[tuple[Pointer, Any]] = [
        (("webhooks", index, "clientConfig", "caBundle"), at(one, "clientConfig", "caBundle"))
        for index, one in maps(item.data.get("webhooks"))
    ]
    places += [
        (path, at(item.data, *path))
        for path in (("spec", "conversion", "webhook", "clientConfig", "caBundle"), ("spec", "caBundle"))
    ]
    if is_istio and item.kind == "ValidatingWebhookConfiguration":
        places += [
            (("webhooks", index, "failurePolicy"), one.get("failurePolicy")) for index, one in maps(item.data.get("webhooks"))
        ]
    yield from ((pointer, writer) for pointer, value in places if value)


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
