"""Names and references: the pages of what is found outside of rules."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP030",
        "map-meets-value",
        Severity.ERROR,
        """Layers must give a field the same shape.

    A map over a single value would throw away what one of the two layers says.
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
        """An environment that is named must exist.

    A service is deployed exactly to the environments that its spec names.
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
        """Promotion must have a start.

    Releases travel along `promotion.from`; in a circle nothing comes first.
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
        """A rollout preset that is named must exist.

    Presets are in strategies/, or ship with tiphys.
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
        """A chart must have a profile.

    The profile says how values are written for a chart.
    Wrong:
        spec:
          chart: {name: legacy, version: "2.0.0"}
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

    {service}, {environment} and {labels.X} are all there are.
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
        """A service must have one spec.

    Two would write the same files.
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
        """A name must not be one that something else reads in its own way.

    `applications` and `root` are what tiphys itself writes into the folder of an environment. Argo CD takes a folder with `kustomization.yaml` in it for a kustomization, and one with `Chart.yaml` for a chart. Windows cannot check out `nul`, `com1` or a name that ends in a dot, and Git keeps `.git` for itself. This holds for services, environments and presets, for the paths of all files that are read, and for objects that get a file of their own.
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
        """A list must hold no null.

    null takes away what a lower layer says; a list has no lower layer, as it replaces the whole list.
    Wrong:
        spec:
          values: {hosts: [shop.example.com, null]}
    Right:
        spec:
          values: {hosts: [shop.example.com]}
    Source: docs/spec.md, Layers
    """,
        fixed=True,
    ),
    Check(
        "TP039",
        "name-is-not-file-name",
        Severity.ERROR,
        """An environment or preset must be called like its file.

    Whoever looks for it finds it.
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
)
