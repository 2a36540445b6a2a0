"""Dependencies between services: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP504",
        "dependency-known",
        Severity.ERROR,
        """A service can depend on another service of the workspace that is deployed to the same environment.

    `dependsOn` names services; `version` is a range as Helm reads it. A promotion cannot ask for a service that does not exist, or that the environment does not have.
    Wrong:
        spec:
          dependsOn: [{service: paiments, version: ">=2.1"}]
    Right:
        spec:
          dependsOn: [{service: payments, version: ">=2.1"}]
    Source: docs/spec.md, Dependencies
    """,
    ),
    Check(
        "TP505",
        "dependency-circle",
        Severity.ERROR,
        """Services must not depend on each other in a cycle.

    A cycle has no order: none of its services can be released before the others. The finding names the place of each dependency in it.
    Wrong:
        # services/checkout/pipeline.yaml
        spec:
          dependsOn: [{service: payments}]
        # services/payments/pipeline.yaml
        spec:
          dependsOn: [{service: checkout}]
    Right:
        # services/checkout/pipeline.yaml
        spec:
          dependsOn: [{service: payments}]
    Source: docs/spec.md, Dependencies
    """,
    ),
    Check(
        "TP506",
        "dependency-met",
        Severity.WARNING,
        """An environment should have the versions that its services need of each other.

    The version of a service is its image tag, or the version of its chart without one. `bump`, `promote` and `rollback` refuse to cause this; it is a warning here, so that an override does not stop every other change. A pre-release is only in a range that names one.
    Wrong:
        # services/checkout/pipeline.yaml
        spec:
          dependsOn: [{service: payments, version: ">=2.1"}]
        # services/payments/pipeline.yaml
        spec:
          environments: {prod: {image: {tag: "2.0.3"}}}
    Right:
        # services/payments/pipeline.yaml
        spec:
          environments: {prod: {image: {tag: "2.1.0"}}}
    Source: docs/spec.md, Dependencies
    """,
    ),
)
