"""Released charts: the pages of what is found outside of rules."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP651",
        "released-version",
        Severity.ERROR,
        """The specs must ask for the version of a chart that is released.

    A release that nobody asks for deploys nothing, and a version that was never released cannot be deployed.
    Wrong:
        charts/service has version 1.3.0, and every spec asks for 1.2.0
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
        """A chart must have a Chart.yaml that Helm packs: a SemVer version, and the name that specs call it by.

    Its package is called by both, and nobody would find it under others.
    Wrong:
        a Chart.yaml that says `version: "1.3"`
    Right:
        a Chart.yaml that says `version: 1.3.0`
    Source: helm.sh, Charts, The Chart.yaml File
    """,
        fixed=True,
    ),
    Check(
        "TP653",
        "chart-lint",
        Severity.ERROR,
        """`helm lint --strict` must have nothing to say of a chart that is released.

    It is run with the chart's own values and with each of ci/*-values.yaml.
    Wrong:
        a chart whose ci/ingress-values.yaml its own values.schema.json refuses
    Right:
        a chart that is linted with every file in ci/
    Source: helm.sh, helm lint
    """,
        fixed=True,
    ),
    Check(
        "TP654",
        "chart-renders",
        Severity.ERROR,
        """Helm must render a chart that is released.

    With each of ci/*-values.yaml; with the chart's own values where there are none.
    Wrong:
        a template that says `{{ .Values.image.tag | upper }}` of a chart without `image`
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
        """The dependencies of a chart must be in charts/, in the versions that Chart.lock has.

    Otherwise the same chart is packed with other contents tomorrow.
    Wrong:
        a Chart.yaml with `dependencies`, and no Chart.lock
    Right:
        helm dependency build charts/service && git add charts/service
    Source: helm.sh, Charts, Chart Dependencies
    """,
        fixed=True,
    ),
)
