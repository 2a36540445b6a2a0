"""Fields and their values: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP029",
        "crds-found",
        Severity.ERROR,
        """Every path in `spec.lint.crds` must hold a CustomResourceDefinition, and in `spec.lint.policies` a ValidatingAdmissionPolicy.

    Definitions are the schemas of custom resources. Without them, misspelt fields of these resources are dropped
    by the API server, and nothing says so.
    Wrong:
        # tiphys.yaml
        spec:
          lint: {crds: [services/web/pipeline.yaml]}
    Right:
        # tiphys.yaml
        spec:
          lint: {crds: [crds/queue.yaml]}
        # crds/queue.yaml
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: queues.example.org}
        spec:
          group: example.org
          names: {kind: Queue, plural: queues}
          scope: Namespaced
          versions:
            - name: v1
              served: true
              storage: true
              schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
    Source: docs/manifests.md, Custom resources
    """,
        fixed=True,
    ),
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
