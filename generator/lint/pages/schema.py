"""Fields and their values: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP020",
        "wrong-type",
        Severity.ERROR,
        """A field must have the type that its schema requires.

    Versions and tags are strings: quote them.
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
        """A field must be in the schema.

    A misspelt field would be ignored, and its setting would silently have no effect.
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
        """Required fields must be set.

    Some are required in the file itself, others after all layers are merged.
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
        """The schema must allow the value.

    The message names the range, pattern or list that applies.
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
        """`apiVersion` and `kind` must be the ones that this kind of file has.

    The file is in a place where a different kind is expected.
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
