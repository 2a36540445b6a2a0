"""The plain manifests of a service: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP056",
        "manifest-placeholder",
        Severity.ERROR,
        """A placeholder in a plain manifest must have a value.

    The placeholders are {service}, {environment}, {labels.X}, {image} and {images.NAME}; an image needs a tag or
    a digest. Text in doubled braces and `${NAME}` are left unchanged. If other text in braces is meant as it
    stands, such as the path `/items/{id}`, suppress the finding on its line.
    Wrong:
        # services/web/pipeline.yaml
        spec:
          manifests: [settings.yaml]
        # services/web/settings.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web}
        data: {host: "{servce}.example.com"}
    Right:
        # services/web/pipeline.yaml
        spec:
          manifests: [settings.yaml]
        # services/web/settings.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web}
        data: {host: "{service}.example.com"}
    Source: docs/spec.md, Plain manifests
    """,
    ),
    Check(
        "TP057",
        "manifest-not-usable",
        Severity.ERROR,
        """An entry of `manifests`, and what is in a folder in the place of a chart, must be an object that a service may deploy.

    Every object becomes a file of its own, named after its kind and name. Applications, ApplicationSets and
    AppProjects are refused: Argo CD reads them only in its own namespace, and one next to a service would not
    be subject to the environment. Specs and environments are inputs of Tiphys. A kustomization is an input of kustomize and no object of a cluster.
    Wrong:
        # services/web/pipeline.yaml
        spec:
          manifests: [limits.yaml]
        # services/web/limits.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata: {name: web}
    Right:
        # services/web/pipeline.yaml
        spec:
          manifests: [limits.yaml]
        # services/web/limits.yaml
        apiVersion: v1
        kind: LimitRange
        metadata: {name: web}
    Source: docs/spec.md, Plain manifests
    """,
        fixed=True,
    ),
    Check(
        "TP834",
        "project-permits-manifests",
        Severity.ERROR,
        """The AppProject must permit the kinds and namespaces of plain manifests.

    Otherwise the sync fails. An object without a namespace goes to the one of the destination; another
    namespace needs a destination of the project. Kinds of the whole cluster, such as ClusterRole, are permitted
    only by clusterResourceWhitelist.
    Wrong:
        # projects/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata: {name: shop}
        spec: {sourceRepos: ["*"], destinations: [{server: "*", namespace: "shop*"}, {name: in-cluster, namespace: argocd}]}
        # services/web/pipeline.yaml
        spec:
          manifests: [settings.yaml]
        # services/web/settings.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web, namespace: kube-system}
    Right:
        # projects/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata: {name: shop}
        spec: {sourceRepos: ["*"], destinations: [{server: "*", namespace: "shop*"}, {name: in-cluster, namespace: argocd}]}
        # services/web/pipeline.yaml
        spec:
          manifests: [settings.yaml]
        # services/web/settings.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web}
    Source: argo-cd, docs/user-guide/projects.md
    """,
    ),
)
