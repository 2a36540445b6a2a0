"""The workspace: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP040",
        "template",
        Severity.ERROR,
        """Every expression of a template must be valid.

    See docs/templates.md for the syntax and the available values.
    Wrong:
        # templates/application.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: "{{ application.nmae }}"}
        spec: {destination: "{{ application.destination }}", sources: "{{ application.sources }}"}
    Right:
        # templates/application.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: "{{ application.name }}"}
        spec: {destination: "{{ application.destination }}", sources: "{{ application.sources }}"}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
    Check(
        "TP041",
        "not-emittable",
        Severity.ERROR,
        """Every YAML parser must read generated data the same way.

    A template produced a value that YAML cannot express.
    Wrong:
        # templates/application.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: "{{ application.name }}", annotations: {weight: "{{ 1e300 * 1e300 }}"}}
        spec: {destination: "{{ application.destination }}"}
    Right:
        # templates/application.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: "{{ application.name }}"}
        spec: {destination: "{{ application.destination }}", sources: "{{ application.sources }}"}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
    Check(
        "TP042",
        "analysis-template-source",
        Severity.ERROR,
        """An analysis template must be a file in the folder of the spec, or have `name` and `spec`.

    Without either, no AnalysisTemplate can be generated.
    Wrong:
        spec:
          rollout:
            analysisTemplates: [{file: succes-rate.yaml}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
    Right:
        spec:
          rollout:
            analysisTemplates: [{name: web-up, spec: {metrics: [{name: up, failureCondition: "result[0] < 1", provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
    Source: docs/spec.md, What is derived
    """,
        fixed=True,
    ),
    Check(
        "TP043",
        "file-not-read",
        Severity.ERROR,
        """A Pipeline, an environment or any other Tiphys file must be where the workspace reads it.

    Anywhere else it is ignored: a service is not deployed, or a preset is not used and a shipped one may
    be used instead. Every file with the `apiVersion` of Tiphys is reported unless it is read, whatever its
    name: YAML or JSON, a copy that ends in .bak or .txt, a file in a folder that is too deep or misspelt.
    Not searched: hidden folders, the output, node_modules, folders with their own tiphys.yaml, chart
    templates, Markdown and programs. To keep examples, ignore the rule for their paths with
    `spec.lint.overrides`.
    Wrong:
        a spec named services/web/pipeline.yml, or an environment in environments/eu/prod.yaml
    Right:
        the same spec as services/web/pipeline.yaml, or `specs: [services/**/pipeline.yml]` in tiphys.yaml; the environment in environments/prod.yaml
    Source: docs/spec.md, The workspace
    """,
    ),
    Check(
        "TP044",
        "chart-claimed-twice",
        Severity.ERROR,
        """Only one profile may list a chart.

    Otherwise the order of the profiles' names would decide which one writes the values.
    Wrong:
        # services/web/pipeline.yaml
        spec:
          chart: {name: shop, version: "1.0.0"}
        # templates/profiles/one/profile.yaml
        apiVersion: tiphys/v1
        kind: ChartProfile
        metadata: {name: one}
        spec: {charts: [shop]}
        # templates/profiles/one/values.yaml
        image: "{{ image.repository }}:{{ image.tag }}"
        # templates/profiles/two/profile.yaml
        apiVersion: tiphys/v1
        kind: ChartProfile
        metadata: {name: two}
        spec: {charts: [shop]}
    Right:
        # services/web/pipeline.yaml
        spec:
          chart: {name: shop, version: "1.0.0"}
        # templates/profiles/one/profile.yaml
        apiVersion: tiphys/v1
        kind: ChartProfile
        metadata: {name: one}
        spec: {charts: [shop]}
        # templates/profiles/one/values.yaml
        image: "{{ image.repository }}:{{ image.tag }}"
        # templates/profiles/two/profile.yaml
        apiVersion: tiphys/v1
        kind: ChartProfile
        metadata: {name: two}
        spec: {charts: [stall]}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
    Check(
        "TP045",
        "lint-setting",
        Severity.ERROR,
        """A lint setting must name a rule that exists and that can be disabled.

    A setting with a misspelt rule has no effect. Errors in reading, merging and building, and drift, cannot be disabled: without them the generated files could be wrong.
    Wrong:
        # tiphys.yaml
        spec:
          lint: {ignore: [canary-weight-rises]}
    Right:
        # tiphys.yaml
        spec:
          lint: {ignore: [canary-weights-rise]}
    Source: docs/spec.md, Settings of lint
    """,
        fixed=True,
    ),
    Check(
        "TP070",
        "yaml-style",
        Severity.WARNING,
        """A spec should be well-formatted YAML.

    `tiphys lint` runs yamllint over specs, with the workspace's .yamllint (or .yamllint.yaml, .yamllint.yml), or else with a configuration that ships with Tiphys. The message names yamllint's rule.
    Wrong:
        spec:
          values: { podLabels : {team: shop}}
    Right:
        spec:
          values: {podLabels: {team: shop}}
    Source: yamllint.readthedocs.io, Rules
    """,
    ),
    Check(
        "TP071",
        "modeline",
        Severity.NOTE,
        """A spec should name its schema, so that editors complete and check it.

    A comment at the top names it for every editor with a YAML language server. `tiphys init` writes the schemas to .tiphys and the comment to its specs. `tiphys lint` reports a missing comment, and `tiphys lint --fix` adds it, only if .tiphys/pipeline.schema.json exists.
    Wrong:
        # .tiphys/pipeline.schema.json
        {}
        # services/web/pipeline.yaml
        spec:
          replicas: 2
    Right:
        # .tiphys/pipeline.schema.json
        {}
        # services/web/pipeline.yaml
        # yaml-language-server: $schema=../../.tiphys/pipeline.schema.json
        spec:
          replicas: 2
    Source: github.com/redhat-developer/yaml-language-server, Using inlined schema
    """,
    ),
    Check(
        "TP501",
        "application-name-taken",
        Severity.ERROR,
        """The name of an Application must be unique.

    Argo CD identifies an Application by namespace and name; the second one would overwrite the first. The same is true of their files: that of one destination is called after the service and the destination.
    Wrong:
        # environments/prod.yaml
        spec:
          argocd: {project: shop, applicationName: "shop-{environment}", destination: {namespace: shop}}
        # services/web/pipeline.yaml
        metadata: {name: web}
        # services/api/pipeline.yaml
        metadata: {name: api}
    Right:
        # environments/prod.yaml
        spec:
          argocd: {project: shop, applicationName: "{service}-{environment}", destination: {namespace: shop}}
        # services/web/pipeline.yaml
        metadata: {name: web}
        # services/api/pipeline.yaml
        metadata: {name: api}
    Source: argo-cd.readthedocs.io, Declarative Setup, Applications
    """,
    ),
    Check(
        "TP502",
        "object-shared",
        Severity.ERROR,
        """Two services, or one service in two environments or destinations, must not define the same object.

    Argo CD would assign it to one Application and then the other, at every sync: production gets what development has. That includes the workload, which chart.fullname and argocd.releaseName can name, and a release whose name is all that the chart selects its pods by.
    Wrong:
        # services/web/pipeline.yaml
        spec:
          rollout:
            analysisTemplates: [{name: up, spec: {metrics: [{name: up, failureCondition: "result[0] < 1", provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
        # services/api/pipeline.yaml
        metadata: {name: api}
        spec:
          rollout:
            analysisTemplates: [{name: up, spec: {metrics: [{name: up, failureCondition: "result[0] < 1", provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
    Right:
        # services/web/pipeline.yaml
        spec:
          rollout:
            analysisTemplates: [{name: web-up, spec: {metrics: [{name: up, failureCondition: "result[0] < 1", provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
        # services/api/pipeline.yaml
        metadata: {name: api}
        spec:
          rollout:
            analysisTemplates: [{name: api-up, spec: {metrics: [{name: up, failureCondition: "result[0] < 1", provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
    Source: argo-cd.readthedocs.io, Sync Options, Fail the sync if a shared resource is found
    """,
    ),
)
