"""Values and chart profiles: the pages of what is found outside of rules."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP301",
        "value-is-owned",
        Severity.ERROR,
        """Free values must not say what fields of the spec say.

    image, replicas, autoscaling and rollout have one place each; a second one would win or lose silently.
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
        """What a chart cannot do must not be asked of it.

    Its profile knows: the field would be lost on the way into the values, or do something else.
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
        """Values that names, selectors or ports follow from must have the shape that the chart knows.

    The Rollout and the Services beside a chart have to agree with what the chart makes of the same values.
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
        """A Rollout beside a chart needs to know how the chart selects its pods, and its Services their ports.

    The profile says both, where it can from the values. A Rollout without a selector never starts a pod.
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
