"""Values and chart profiles: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP301",
        "value-is-owned",
        Severity.ERROR,
        """Free values must not set what fields of the spec set.

    image, replicas, autoscaling and rollout have one place each; a second one would silently win or lose.
    Wrong:
        spec:
          values: {image: {tag: "2.0.0"}}
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "2.0.0"}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
    Check(
        "TP311",
        "chart-cannot",
        Severity.ERROR,
        """A spec must not use a field that the chart does not support.

    According to the chart's profile the field would be dropped from the values, or have a different effect.
    Wrong:
        spec:
          chart: {name: onechart, version: "0.74.0"}
          rollout: {mode: values, preset: blue-green}
    Right:
        spec:
          chart: {name: onechart, version: "0.74.0"}
          rollout: {preset: blue-green}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
    Check(
        "TP312",
        "values-shape",
        Severity.ERROR,
        """Values that determine names, selectors or ports must have the shape that the chart expects.

    The Rollout and the Services that Tiphys adds to a chart must agree with what the chart renders from the same values.
    Wrong:
        spec:
          chart: {name: onechart, version: "0.74.0"}
          rollout: {preset: blue-green}
          values: {ports: 8080}
    Right:
        spec:
          chart: {name: onechart, version: "0.74.0"}
          rollout: {preset: blue-green}
          values: {ports: [{name: http, port: 80, containerPort: 8080}]}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
    Check(
        "TP313",
        "reference-incomplete",
        Severity.ERROR,
        """For a Rollout that is added to a chart, the values must determine the selector and the ports of its Services.

    The profile derives both from the values where it can. A Rollout without a selector never starts a pod. What a
    values file of the chart sets is not known to it: names and labels that depend on this must be in the spec, too.
    Wrong:
        spec:
          chart: {name: app-template, version: "5.3.0"}
          rollout: {preset: blue-green}
    Right:
        spec:
          chart: {name: app-template, version: "5.3.0"}
          rollout: {preset: blue-green}
          values: {service: {main: {controller: main, ports: {http: {port: 80}}}}}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
)
