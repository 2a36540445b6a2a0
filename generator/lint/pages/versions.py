"""The versions that run: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP674",
        "target-supported",
        Severity.NOTE,
        """The versions in `target` should be ones that still get fixes.

    Kubernetes and Argo CD fix their three newest releases, Argo Rollouts the newest and the one before. What counts
    here is what was supported when this version of Tiphys was made, so that the same inputs give the same answer
    on every day.
    Wrong:
        # environments/prod.yaml
        spec:
          target: {argocd: "2.12"}
    Right:
        # environments/prod.yaml
        spec:
          target: {argocd: "3.4"}
    Source: kubernetes.io/releases; argo-cd, docs/developer-guide/release-process-and-cadence.md
    """,
    ),
)
