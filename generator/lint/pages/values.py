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
    Check(
        "TP314",
        "value-shape",
        Severity.WARNING,
        """A value must not be a mapping where the chart has a single value or a list by default, nor the reverse.

    Templates that look into a mapping fail on anything else, and Helm warns of both. Empty defaults, and values that the
    chart's schema describes, are left alone. The chart must be at hand: shipped, in this workspace, or in the cache.
    Wrong:
        # values.yaml of the chart: `service: {port: 80}`
        spec:
          values: {service: 80}
    Right:
        spec:
          values: {service: {port: 80}}
    Source: helm, pkg/chart/common/util/coalesce.go (coalesceTablesFullKey)
    """,
    ),
    Check(
        "TP315",
        "null-keeps-default",
        Severity.WARNING,
        """Null in the values of a spec or environment must remove something that a lower layer sets.

    Nulls are never written to the generated values, because each version of Helm treats them in its own way. So null
    cannot remove a default of the chart, as it could in a values file for Helm.
    Wrong:
        spec:
          values: {terminationGracePeriodSeconds: null}
    Right:
        spec:
          values: {terminationGracePeriodSeconds: 0}
    Source: docs/spec.md
    """,
    ),
    Check(
        "TP316",
        "values-unchecked",
        Severity.WARNING,
        """The values of a chart should be checked within the budget of a run.

    Charts come from anyone, so that all of a run share one budget of work for their schemas and dependencies, and one
    service can take a fifth of it. Values that would take more are left to Helm, which `tiphys verify` runs with limits.
    Wrong:
        a values.schema.json with 4,000 `patternProperties` for a mapping of 4,000 keys
    Right:
        the same with `additionalProperties`
    Source: SECURITY.md
    """,
    ),
)
