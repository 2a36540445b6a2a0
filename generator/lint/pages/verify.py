"""Rendered charts and plain manifests: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP600",
        "chart-found",
        Severity.ERROR,
        """The chart of a service must exist, and so must the kustomization or directory in its place.

    Tiphys searches chart.path, charts/, the charts that it ships, the cache, and the environment's chart repository. All files that a kustomization is built from must be in this workspace: nothing is fetched, because what others change would be deployed without a commit here.
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
        """The chart must render with the values of the service, and a kustomization must build.

    Argo CD runs Helm with the same flags, and kustomize with the same image and replicas; an error here is a ComparisonError there.
    What the schema of the chart refuses in values is told by every command and the editor, without Helm, if the chart is
    shipped, in this workspace, or in the cache with exactly the version of the spec. Only `verify` runs the templates.
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
        """The chart must pass `helm lint --strict`.

    Helm lints the chart with the values of the service.
    Wrong:
        a chart whose Chart.yaml has no version
    Right:
        a chart that passes `helm lint --strict`
    Source: helm.sh, helm lint
    """,
    ),
    Check(
        "TP603",
        "rendered-text",
        Severity.ERROR,
        """Helm must print Kubernetes objects that every YAML parser reads the same way.

    If a key is set twice, for example, the last value silently wins.
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
        """Every object must match the schema of the environment's Kubernetes version.

    Otherwise the API server rejects the object, or drops the unknown field. For plain manifests, custom resources
    must match their CustomResourceDefinition, where it is among the manifests or at `--crds`.
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
        """Every Argo object must match its schema.

    Otherwise the API server rejects the object, or drops the unknown field.
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
        """The chart should use every value that is set.

    The chart's defaults, schema and templates do not contain this value, so it has no effect.
    Wrong:
        spec:
          values: {loglevel: debug} # for a chart with {{ .Values.logLevel }}
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
        """A container must run each image that the spec names.

    Otherwise a release changes only the spec. One of `images` may also run in an init container.
    Wrong:
        a chart whose container has `image: nginx`
    Right:
        a chart whose container has `image: {{ .Values.image.repository }}:{{ .Values.image.tag }}`
    Source: docs/templates.md
    """,
    ),
    Check(
        "TP608",
        "manifest-is-object",
        Severity.ERROR,
        """A manifest must contain Kubernetes objects.

    Without apiVersion and kind a document cannot be applied.
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
        """The objects that a manifest refers to should be checked with it.

    The manifests contain no object of that kind, so the name cannot be checked. `--strict-references` makes it an error.
    Wrong:
        tiphys lint --manifests rollout.yaml
    Right:
        tiphys lint --manifests rollout.yaml services/
    Source: docs/lint.md
    """,
    ),
    Check(
        "TP660",
        "values-file-found",
        Severity.ERROR,
        """The values files that an Application names must exist.

    Argo CD does not render an Application without one of them, unless it sets ignoreMissingValueFiles. Tiphys searches this workspace, and the chart.
    Wrong:
        a template templates/application.yaml that adds `$values/shared/common.yaml`, without that file
    Right:
        the same template, with a file shared/common.yaml
    Source: argo-cd.readthedocs.io, Helm, Values Files
    """,
    ),
    Check(
        "TP661",
        "source-rendered",
        Severity.WARNING,
        """Every source of an Application should be checked, and none should be missing.

    `verify` renders charts, and reads the manifests that Tiphys generates. A template of the workspace can add other sources, such as a folder of manifests, whose objects nothing checks. It can also leave out the generated manifests, which Argo CD then does not apply.
    Wrong:
        a template templates/application.yaml that adds the source `{path: extra}`
    Right:
        the same objects in a chart
    Source: docs/verify.md
    """,
    ),
    Check(
        "TP662",
        "same-each-time",
        Severity.ERROR,
        """A chart should render the same objects each time.

    Argo CD renders a chart again whenever it compares it with the cluster. What the chart makes up is never what runs:
    the Application is never in sync, and each sync writes a new password, or replaces pods. `verify` renders charts
    twice whose templates call such a function, the second time at a later date. Fields that the Application ignores
    are not reported if it sets RespectIgnoreDifferences=true.
    Wrong:
        stringData: {key: {{ randAlphaNum 24 | quote }}}
    Right:
        stringData: {key: {{ required "set session.key" .Values.session.key | quote }}}
    Source: argo-cd.readthedocs.io, Helm, Random Data
    """,
    ),
    Check(
        "TP663",
        "cluster-not-asked",
        Severity.NOTE,
        """A chart should not depend on what is in the cluster, or on earlier releases.

    Argo CD renders with `helm template`: `lookup` finds nothing, `.Release.IsUpgrade` is always false,
    `.Release.IsInstall` is always true, and `.Release.Revision` is always 1.
    Wrong:
        {{ if .Release.IsUpgrade }} … {{ end }}
    Right:
        {{ if .Values.migrate }} … {{ end }}
    Source: argo-cd.readthedocs.io, Helm; helm.sh, Template Functions, lookup
    """,
    ),
    Check(
        "TP664",
        "value-keeps-shape",
        Severity.ERROR,
        """A value should arrive in an object as it is written.

    Helm reads each number of a values file as a float. A template that prints one from 1,000,000 on into a text prints
    it in scientific notation, whole numbers above 2^53 are rounded, and a mapping is printed as `map[…]`. Programs
    that read the text fail, or read another number. Numbers that stay numbers are not affected. The other way round,
    a text that a template prints without quotes becomes a number or a boolean: `1.10` becomes 1.1, and `0123` 83.
    Wrong:
        spec:
          values: {uploadBytes: 8388608} # for a chart with {{ .Values.uploadBytes | quote }}
    Right:
        spec:
          values: {uploadBytes: "8388608"}
    Source: github.com/helm/helm/issues/12195
    """,
    ),
)
