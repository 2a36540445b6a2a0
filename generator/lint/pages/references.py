"""Names and references: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP030",
        "map-meets-value",
        Severity.ERROR,
        """All layers must give a field the same shape.

    Merging a mapping with a single value would discard what one of the layers sets.
    Wrong:
        spec:
          values: {config: debug}
          environments:
            prod: {values: {config: {level: info}}}
    Right:
        spec:
          values: {config: {level: debug}}
          environments:
            prod: {values: {config: {level: info}}}
    Source: docs/spec.md, Layers
    """,
        fixed=True,
    ),
    Check(
        "TP031",
        "unknown-environment",
        Severity.ERROR,
        """An environment that a file names must exist.

    A service is deployed to exactly the environments that its spec names. An abstract environment can only
    be extended: nothing is deployed to it, or promoted from it.
    Wrong:
        spec:
          environments: {production: {}}
    Right:
        spec:
          environments: {prod: {}}
    Source: docs/spec.md, Layers
    """,
        fixed=True,
    ),
    Check(
        "TP032",
        "promotion-cycle",
        Severity.ERROR,
        """Promotion between environments must not form a cycle.

    Releases follow `promotion.from`; a cycle has no first environment.
    Wrong:
        # environments/dev.yaml
        spec:
          promotion: {from: prod}
        # environments/prod.yaml
        spec:
          promotion: {from: dev}
    Right:
        # environments/dev.yaml
        spec:
          defaults: {}
        # environments/prod.yaml
        spec:
          promotion: {from: dev}
    Source: docs/spec.md, The workspace
    """,
        fixed=True,
    ),
    Check(
        "TP033",
        "unknown-preset",
        Severity.ERROR,
        """A rollout preset that a file names must exist.

    Presets are in strategies/, or ship with Tiphys.
    Wrong:
        spec:
          rollout: {preset: gradual}
    Right:
        spec:
          rollout: {preset: gradual-canary}
    Source: docs/spec.md, The workspace
    """,
        fixed=True,
    ),
    Check(
        "TP034",
        "unknown-profile",
        Severity.ERROR,
        """A profile that a spec names must exist, and a chart must not be named nearly as one that has a profile.

    The profile maps the fields of a spec to the values of the chart. A chart that no profile is for has the
    profile `none`: its values are passed on unchanged.
    Wrong:
        spec:
          chart: {name: legacy, version: "2.0.0", profile: servce}
    Right:
        spec:
          chart: {name: legacy, version: "2.0.0", profile: service}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
    Check(
        "TP035",
        "placeholder",
        Severity.ERROR,
        """A placeholder must have a value.

    The placeholders are {service}, {environment} and {labels.X}, in environments with destinations also {destination}, and in presets and defaults {fullname}, the name of the chart's objects. Only `argocd` and `chart.fullname` may have them in a spec.
    Wrong:
        spec:
          rollout: {strategy: {blueGreen: {activeService: "{service}-live"}}}
    Right:
        spec:
          rollout: {strategy: {blueGreen: {activeService: web-live}}}
    Source: docs/spec.md, Placeholders
    """,
        fixed=True,
    ),
    Check(
        "TP036",
        "duplicate-service",
        Severity.ERROR,
        """A service must have exactly one spec.

    Two specs would generate the same files.
    Wrong:
        # services/web/pipeline.yaml
        metadata: {name: web}
        # services/shop/pipeline.yaml
        metadata: {name: web}
    Right:
        # services/web/pipeline.yaml
        metadata: {name: web}
        # services/shop/pipeline.yaml
        metadata: {name: shop}
    Source: docs/spec.md, The workspace
    """,
        fixed=True,
    ),
    Check(
        "TP037",
        "reserved-name",
        Severity.ERROR,
        """A name must not be reserved by Tiphys, Argo CD, Windows or Git.

    Tiphys itself writes `applications` and `root` into the folder of an environment. Argo CD treats a folder with `kustomization.yaml` as a kustomization, and one with `Chart.yaml` as a chart. Windows cannot check out `nul`, `com1` or a name that ends in a dot, and Git reserves `.git`. The rule applies to services, environments, destinations and presets, to the paths of all files that are read, and to objects that are written to a file of their own.
    Wrong:
        metadata: {name: kustomization}
    Right:
        metadata: {name: kustomization-portal}
    Source: argo-cd, util/app/discovery/discovery.go; learn.microsoft.com, Naming Files, Paths, and Namespaces
    """,
        fixed=True,
    ),
    Check(
        "TP038",
        "null-in-list",
        Severity.ERROR,
        """A list must not contain null.

    null removes the value of a lower layer. A list has no lower layer, because it replaces the whole list.
    Wrong:
        spec:
          values: {args: [serve, null]}
    Right:
        spec:
          values: {args: [serve]}
    Source: docs/spec.md, Layers
    """,
        fixed=True,
    ),
    Check(
        "TP039",
        "name-is-not-file-name",
        Severity.ERROR,
        """An environment or preset must have the same name as its file.

    Files and people refer to it by one name.
    Wrong:
        # environments/prod.yaml
        metadata: {name: production}
    Right:
        # environments/prod.yaml
        metadata: {name: prod}
    Source: docs/spec.md, The workspace
    """,
        fixed=True,
    ),
    Check(
        "TP055",
        "extends-cycle",
        Severity.ERROR,
        """Environments must not extend each other in a cycle.

    An environment is merged over the files that it extends, lowest first; a cycle has no lowest one.
    Wrong:
        # environments/dev.yaml
        spec:
          extends: [prod]
        # environments/prod.yaml
        spec:
          extends: [dev]
    Right:
        # environments/base.yaml
        metadata: {name: base, abstract: true}
        spec:
          defaults: {replicas: 2}
        # environments/prod.yaml
        spec:
          extends: [base]
    Source: docs/spec.md, Environments that extend others
    """,
        fixed=True,
    ),
    Check(
        "TP640",
        "references-not-checked",
        Severity.WARNING,
        """Rules should be able to read all objects that others refer to.

    Each reference to a large object counts all values of its `spec`, and the rules over a set of objects read at most
    5 million in all. References to objects of up to 64 values cost nothing. One warning lists the rules and the first object that
    they did not check.
    Wrong:
        thousands of Rollouts that refer to one VirtualService with thousands of routes
    Right:
        a VirtualService for each Rollout
    Source: SECURITY.md
    """,
    ),
)
