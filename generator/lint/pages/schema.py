"""Fields and their values: the pages of what is found outside of rules."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP020",
        "wrong-type",
        Severity.ERROR,
        """A field must have the type that its schema says.

    Versions and tags are text: quote them.
    Wrong:
        spec:
          replicas: "3"
    Right:
        spec:
          replicas: 3
    Source: tiphys schema
    """,
        fixed=True,
    ),
    Check(
        "TP021",
        "unknown-field",
        Severity.ERROR,
        """A field must be one that the schema knows.

    A misspelt field would be ignored, and nothing is worse than a setting that silently does nothing.
    Wrong:
        spec:
          replica: 3
    Right:
        spec:
          replicas: 3
    Source: tiphys schema
    """,
        fixed=True,
    ),
    Check(
        "TP022",
        "missing-field",
        Severity.ERROR,
        """What is required must be there.

    In the file itself, or after all layers were merged.
    Wrong:
        spec:
          image: {tag: "1.0.0"}
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
    Source: tiphys schema
    """,
        fixed=True,
    ),
    Check(
        "TP023",
        "value-not-allowed",
        Severity.ERROR,
        """A value must be one that the schema allows.

    The message says which range, pattern or list holds.
    Wrong:
        spec:
          replicas: -1
    Right:
        spec:
          replicas: 1
    Source: tiphys schema
    """,
        fixed=True,
    ),
    Check(
        "TP024",
        "wrong-kind",
        Severity.ERROR,
        """`apiVersion` and `kind` must be those of this kind of file.

    The file stands where another kind is expected.
    Wrong:
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          environments: {prod: {}}
    Right:
        apiVersion: tiphys/v1
        kind: Pipeline
        metadata: {name: web}
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          environments: {prod: {}}
    Source: tiphys schema
    """,
        fixed=True,
    ),
)
