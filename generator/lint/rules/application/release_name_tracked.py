"""The rule TP823, release-name-tracked."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.lint.rules.rule import Finding

_METHOD = "application.resourceTrackingMethod"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """If Argo CD tracks resources by label, releaseName should be the name of the Application.

    Argo CD overwrites the label app.kubernetes.io/instance with the name of the Application, but charts set
    it to the name of the release and select by it. Tracking by annotation, the default since Argo CD 3, leaves
    the label unchanged; argocd-cm contains the method.
    Wrong:
        kind: ConfigMap
        metadata: {name: argocd-cm}
        data: {application.resourceTrackingMethod: label}
        ---
        kind: Application
        metadata: {name: web-prod}
        spec:
          project: default
          destination: {name: in-cluster}
          source: {repoURL: "https://example.com/web.git", path: chart, helm: {releaseName: web}}
    Right:
        kind: ConfigMap
        metadata: {name: argocd-cm}
        data: {application.resourceTrackingMethod: annotation}
        ---
        kind: Application
        metadata: {name: web-prod}
        spec:
          project: default
          destination: {name: in-cluster}
          source: {repoURL: "https://example.com/web.git", path: chart, helm: {releaseName: web}}
    Source: argo-cd, docs/user-guide/resource_tracking.md; issue 18411
    """
    settings = objects.find("", "ConfigMap", "argocd-cm", item)
    if settings is None or at(settings.data, "data", _METHOD) != "label":
        return
    for pointer, source in sources(item):
        name = at(source, "helm", "releaseName")
        if isinstance(name, str) and name and name != item.name:
            message = f"Argo CD overwrites the label of the release `{name}` with `{item.name}`"
            yield Finding((*pointer, "helm", "releaseName"), message, "track by annotation, or remove the releaseName")
