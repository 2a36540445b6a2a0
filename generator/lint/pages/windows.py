"""Release windows: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP503",
        "windows-take-effect",
        Severity.WARNING,
        """A release window should open and close, and be for an existing service.

    A deny window that opens again before it has closed denies every release. An allow window that deny windows cover is never open, and since it exists, no release of its services is possible. A window for a service with a misspelt name protects nothing.
    Wrong:
        # environments/prod.yaml
        spec:
          windows: [{kind: deny, schedule: "0 0 * * *", duration: 24h}]
    Right:
        # environments/prod.yaml
        spec:
          windows: [{kind: deny, schedule: "0 0 * * 0", duration: 24h}]
    Source: docs/governance.md
    """,
    ),
    Check(
        "TP844",
        "windows-agree",
        Severity.WARNING,
        """The release windows of an environment should agree with the sync windows of its AppProject.

    If only the project is closed, a release is committed and then waits in Argo CD until its window opens: Git says that it is deployed, and the cluster runs the previous one. If only the environment is closed, Argo CD still deploys what is committed in another way. Only the sync windows that are for the Application count: by `applications`, `namespaces` or `clusters`, and with `manualSync` not for an Application without automated sync. The windows of four years are compared, or fewer if they open very often. It is a note for an environment without windows, and nothing is reported for a project without.
    Wrong:
        # environments/prod.yaml
        spec:
          windows: [{kind: deny, schedule: "0 22 * * 5", duration: 56h}]
        # projects/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata: {name: shop, namespace: argocd}
        spec:
          sourceRepos: ["*"]
          destinations: [{server: "*", namespace: "*"}]
          clusterResourceWhitelist: [{group: "*", kind: "*"}]
          syncWindows: [{kind: deny, schedule: "0 18 * * 5", duration: 60h, applications: ["*-prod"]}]
    Right:
        # environments/prod.yaml
        spec:
          windows: [{kind: deny, schedule: "0 22 * * 5", duration: 56h}]
        # projects/shop.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata: {name: shop, namespace: argocd}
        spec:
          sourceRepos: ["*"]
          destinations: [{server: "*", namespace: "*"}]
          clusterResourceWhitelist: [{group: "*", kind: "*"}]
          syncWindows: [{kind: deny, schedule: "0 22 * * 5", duration: 56h, applications: ["*-prod"]}]
    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, SyncWindows.CanSync; docs/user-guide/sync_windows.md
    """,
    ),
)
