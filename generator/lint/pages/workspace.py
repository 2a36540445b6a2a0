"""The workspace: names, references, templates: the pages of what is found outside of rules."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP040",
        "template",
        Severity.ERROR,
        """A template must be made of expressions that work.

    See docs/templates.md.
    Wrong:
        # templates/application.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: "{{ application.nmae }}"}
        spec: {destination: "{{ application.destination }}"}
    Right:
        # templates/application.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: "{{ application.name }}"}
        spec: {destination: "{{ application.destination }}"}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
    Check(
        "TP041",
        "not-emittable",
        Severity.ERROR,
        """Generated data must be such that every reader of YAML agrees on it.

    A template gave what YAML cannot say.
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
        spec: {destination: "{{ application.destination }}"}
    Source: docs/templates.md
    """,
        fixed=True,
    ),
    Check(
        "TP042",
        "analysis-template-source",
        Severity.ERROR,
        """An analysis template must be a file beside the spec, or name and spec.

    Nothing else can be generated from.
    Wrong:
        spec:
          rollout:
            analysisTemplates: [{file: succes-rate.yaml}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
    Right:
        spec:
          rollout:
            analysisTemplates: [{name: web-up, spec: {metrics: [{name: up, provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
    Source: docs/spec.md, What is derived
    """,
        fixed=True,
    ),
    Check(
        "TP043",
        "file-not-read",
        Severity.ERROR,
        """A Pipeline, an environment or any other file of tiphys must be where the workspace reads it.

    Anywhere else it does not count: a service is not deployed, a preset is not used, and a shipped one may
    be used instead. So every file whose `apiVersion` is that of tiphys is reported unless it is read,
    whatever it is called: YAML or JSON, a copy that ends in .bak or .txt, a folder too deep or misspelt.
    Not looked at: hidden folders, the output, node_modules, folders with a tiphys.yaml of their own,
    templates of charts, Markdown and programs. For examples that are meant to stay, ignore the rule for
    their paths with `spec.lint.overrides`.
    Wrong:
        a spec that is called services/web/pipeline.yml, or an environment in environments/eu/prod.yaml
    Right:
        the same spec as services/web/pipeline.yaml, or `specs: [services/**/pipeline.yml]` in tiphys.yaml; the environment in environments/prod.yaml
    Source: docs/spec.md, The workspace
    """,
    ),
    Check(
        "TP044",
        "chart-claimed-twice",
        Severity.ERROR,
        """A chart must be listed by one profile.

    Which of the two writes its values would be a matter of their names.
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
        """A lint setting must name a rule that exists and that can be switched off.

    A misspelt rule would switch nothing off, or nothing on. What is found by reading, merging and building, and drift, cannot be switched off: there would be nothing right to generate.
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
        """A spec should be tidy YAML.

    yamllint looks at specs in `tiphys lint`, by the workspace's .yamllint (or .yamllint.yaml, .yamllint.yml) or else by a configuration that ships with tiphys. The message names yamllint's rule.
    Wrong:
        spec:
          values: { greeting : hello}
    Right:
        spec:
          values: {greeting: hello}
    Source: yamllint.readthedocs.io, Rules
    """,
    ),
    Check(
        "TP071",
        "modeline",
        Severity.NOTE,
        """A spec should name its schema, so that editors complete and check it.

    A comment at the top does that for every editor with a YAML language server. `tiphys init` puts the schemas into .tiphys and the comment into its specs; `tiphys lint` misses it, and `tiphys lint --fix` writes it, only where there is .tiphys/pipeline.schema.json to name.
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
        """An Application must have a name of its own.

    Argo CD knows an Application by namespace and name; the second would overwrite the first.
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
        """Two services must not bring the same object.

    Argo CD would give it to one of them at each sync, in turn.
    Wrong:
        # services/web/pipeline.yaml
        spec:
          rollout:
            analysisTemplates: [{name: up, spec: {metrics: [{name: up, provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
        # services/api/pipeline.yaml
        metadata: {name: api}
        spec:
          rollout:
            analysisTemplates: [{name: up, spec: {metrics: [{name: up, provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
    Right:
        # services/web/pipeline.yaml
        spec:
          rollout:
            analysisTemplates: [{name: web-up, spec: {metrics: [{name: up, provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
        # services/api/pipeline.yaml
        metadata: {name: api}
        spec:
          rollout:
            analysisTemplates: [{name: api-up, spec: {metrics: [{name: up, provider: {prometheus: {query: up}}}]}}]
            strategy: {canary: {steps: [{setWeight: 20}]}}
    Source: argo-cd.readthedocs.io, Sync Options, Fail the sync if a shared resource is found
    """,
    ),
)
