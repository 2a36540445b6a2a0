"""Released charts: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP651",
        "released-version",
        Severity.ERROR,
        """Specs must use the chart version that is released.

    A release that no spec uses deploys nothing, and a version that was never released cannot be deployed.
    Wrong:
        charts/service has version 1.3.0, and every spec uses 1.2.0
    Right:
        tiphys bump checkout --env dev --chart-version 1.3.0
    Source: docs/releases.md
    """,
        fixed=True,
    ),
    Check(
        "TP652",
        "chart-metadata",
        Severity.ERROR,
        """A chart must have a valid Chart.yaml: a SemVer version, and the name that specs use.

    The name of its package is made of both, so Argo CD would not find it under another name or version.
    Wrong:
        a Chart.yaml with `version: "1.3"`
    Right:
        a Chart.yaml with `version: 1.3.0`
    Source: helm.sh, Charts, The Chart.yaml File
    """,
        fixed=True,
    ),
    Check(
        "TP653",
        "chart-lint",
        Severity.ERROR,
        """A chart that is released must pass `helm lint --strict`.

    Helm lints it with the chart's own values and with each of ci/*-values.yaml.
    Wrong:
        a chart whose values.schema.json rejects its ci/ingress-values.yaml
    Right:
        a chart that passes with every file in ci/
    Source: helm.sh, helm lint
    """,
        fixed=True,
    ),
    Check(
        "TP654",
        "chart-renders",
        Severity.ERROR,
        """A chart that is released must render.

    Helm renders it with each of ci/*-values.yaml, or with the chart's own values if there are no such files.
    Wrong:
        a template with `{{ .Values.image.tag | upper }}` in a chart without `image`
    Right:
        the same chart with `image: {}` in its values.yaml
    Source: helm.sh, helm template
    """,
        fixed=True,
    ),
    Check(
        "TP655",
        "chart-dependencies",
        Severity.ERROR,
        """The dependencies of a chart must be in charts/, in the versions of Chart.lock.

    Otherwise packing the same chart later gives different contents.
    Wrong:
        a Chart.yaml with `dependencies`, and no Chart.lock
    Right:
        helm dependency build charts/service && git add charts/service
    Source: helm.sh, Charts, Chart Dependencies
    """,
        fixed=True,
    ),
    Check(
        "TP656",
        "released-image",
        Severity.WARNING,
        """A chart that an environment takes by a range should bring its image with it.

    Generated values override those of the chart, so a tag in the spec stays, whatever version is released.
    Wrong:
        # values.yaml of the chart 3.1.0: image: {tag: "3.1.0"}
        spec:
          image: {repository: ghcr.io/acme/ferry, tag: "1.0.0"}
          chart: {name: ferry, version: ">=3.0.0"}
    Right:
        # templates/profiles/ferry/profile.yaml: spec: {image: appVersion}
        spec:
          chart: {name: ferry, version: ">=3.0.0", profile: ferry}
    Source: docs/releases.md
    """,
        fixed=True,
    ),
)
