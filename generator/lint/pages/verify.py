"""Rendered charts and plain manifests: the pages of what is found outside of rules."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP600",
        "chart-found",
        Severity.ERROR,
        """The chart of a service must be there.

    It is looked for at chart.path, in charts/, beside tiphys, in the cache, and in the environment's chart repository.
    Wrong:
        spec:
          chart: {path: chart/service}
    Right:
        spec:
          chart: {path: charts/service}
    Source: docs/spec.md
    """,
    ),
    Check(
        "TP601",
        "helm-renders",
        Severity.ERROR,
        """Helm must render the chart with the values of the service.

    Argo CD calls it with the same flags; what it refuses here is a ComparisonError there.
    Wrong:
        spec:
          values: {ingress: {enabled: true, hosts: shop.example.com}}
    Right:
        spec:
          values: {ingress: {enabled: true, hosts: [{host: shop.example.com, paths: [{path: /}]}]}}
    Source: helm.sh, helm template
    """,
    ),
    Check(
        "TP602",
        "helm-lint",
        Severity.ERROR,
        """`helm lint --strict` must have nothing to say.

    It looks at the chart and at the values that the service gives it.
    Wrong:
        a chart whose Chart.yaml has no version
    Right:
        a chart that `helm lint --strict` has nothing to say about
    Source: helm.sh, helm lint
    """,
    ),
    Check(
        "TP603",
        "rendered-text",
        Severity.ERROR,
        """What Helm prints must be Kubernetes objects that every reader takes for the same.

    Of a key that is given twice the last one counts, silently.
    Wrong:
        a template of the chart that writes `labels:` twice
    Right:
        a template that writes it once
    Source: helm.sh, The Chart Template Developer's Guide, YAML Techniques
    """,
    ),
    Check(
        "TP604",
        "kubernetes-schema",
        Severity.ERROR,
        """Every object must fit the schema of the environment's version of Kubernetes.

    The API server would refuse it, or drop the field that it does not know.
    Wrong:
        spec:
          values: {podSecurityContext: {runAsUser: root}}
    Right:
        spec:
          values: {podSecurityContext: {runAsUser: 1000}}
    Source: kubernetes.io, Kubernetes API
    """,
    ),
    Check(
        "TP605",
        "argo-schema",
        Severity.ERROR,
        """Every object of Argo must fit its schema.

    The API server would refuse it, or drop the field that it does not know.
    Wrong:
        a chart that renders a Rollout with `spec.strategy.canary.step`
    Right:
        the same with `spec.strategy.canary.steps`
    Source: argo-rollouts.readthedocs.io, Rollout Specification
    """,
    ),
    Check(
        "TP606",
        "value-unknown",
        Severity.WARNING,
        """A value should be one that the chart knows.

    Neither its defaults, its schema nor its templates have a word of it, so it does nothing.
    Wrong:
        spec:
          values: {loglevel: debug} # of a chart that says {{ .Values.logLevel }}
    Right:
        spec:
          values: {logLevel: debug}
    Source: helm.sh, Values Files
    """,
    ),
    Check(
        "TP607",
        "image-runs",
        Severity.ERROR,
        """Some container must run the image that the spec names.

    Otherwise a release changes the spec and nothing else.
    Wrong:
        a chart whose container says `image: nginx`
    Right:
        a chart whose container says `image: {{ .Values.image.repository }}:{{ .Values.image.tag }}`
    Source: docs/templates.md
    """,
    ),
    Check(
        "TP608",
        "manifest-is-object",
        Severity.ERROR,
        """A manifest must hold Kubernetes objects.

    apiVersion and kind say what it is; without them nothing applies it.
    Wrong:
        metadata: {name: web}
    Right:
        {apiVersion: v1, kind: Service, metadata: {name: web}}
    Source: kubernetes.io/docs/concepts/overview/working-with-objects
    """,
    ),
    Check(
        "TP609",
        "reference-outside",
        Severity.NOTE,
        """What an object refers to should be checked with it.

    There is no object of that kind among the manifests, so nobody can say whether the name is right. `--strict-references` makes it an error.
    Wrong:
        tiphys lint --manifests rollout.yaml
    Right:
        tiphys lint --manifests rollout.yaml services/
    Source: docs/lint.md
    """,
    ),
)
