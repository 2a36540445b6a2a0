"""The pages of what is found before there is a service to run a rule on, or after: reading, schemas, drift."""

from __future__ import annotations

WARNINGS = ("TP002", "TP043", "TP070", "TP606")
"""What is told and fails no run unless that is asked for."""

NOTES = ("TP071", "TP609")
"""What is told by the way; everything that is neither is an error."""

PROBLEMS: dict[str, tuple[str, str]] = {
    "TP001": (
        "yaml-syntax",
        """A file must be valid YAML.

    The parser stopped here; the cause is here or on the line before.
    Wrong:
        spec:
          values: {greeting: "hello}
    Right:
        spec:
          values: {greeting: "hello"}
    Source: yaml.org, YAML 1.2.2
    """,
    ),
    "TP002": (
        "suppression",
        """An inline suppression must name a rule that exists, give a reason, and be needed.

    One that suppresses nothing any more hides the next finding at its place. The reason is what a reviewer, and whoever comes next, has to go by. What is found while a file is read, and the policy of an environment, cannot be suppressed in a spec.
    Wrong:
        spec:
          # tiphys: ignore[TP201]
          rollout: {strategy: {canary: {steps: [{setWeight: 50}, {setWeight: 20}]}}}
    Right:
        spec:
          # tiphys: ignore[TP201] because the cache needs to warm up under half the load
          rollout: {strategy: {canary: {steps: [{setWeight: 50}, {setWeight: 20}]}}}
    Source: docs/spec.md, Settings of lint
    """,
    ),
    "TP003": (
        "file-unreadable",
        """A file must be a readable regular file that is reached through real directories.

    A directory, a fifo or a device is not read, and no symbolic link is followed: not in the place of a file
    and not on the way to it, not even inside the workspace. Otherwise a link in a pull request would show
    files of the machine that reads it. A link to a directory that could hold specs is reported, as what is
    behind it would be missing without a word. Links above the workspace are followed.
    Wrong:
        services/web/pipeline.yaml is a link to ../../../secrets.yaml
    Right:
        services/web/pipeline.yaml is the file itself
    Source: docs/spec.md, What YAML is read
    """,
    ),
    "TP004": (
        "encoding",
        """A file must be UTF-8.

    YAML allows UTF-16, but half of the tools around it do not.
    Wrong:
        a file that an editor saved as UTF-16
    Right:
        the same file, saved as UTF-8
    Source: docs/spec.md, What YAML is read
    """,
    ),
    "TP005": (
        "forbidden-character",
        r"""A file must hold no control, bidirectional or invisible characters.

    They break manifests of charts that print them, or make a reviewer read something else than the cluster does.
    Wrong:
        spec:
          values: {greeting: "hello\u202Eworld"}
    Right:
        spec:
          values: {greeting: "hello world"}
    Source: unicode.org, UTR 36, Unicode Security Considerations
    """,
    ),
    "TP006": (
        "too-large",
        """A file must stay within 256 kB, 32 levels, 20,000 values and 16 kB a value.

    A spec is written by people. What is larger is data, or an attack on the reader.
    Wrong:
        spec:
          values: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: 1}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}
    Right:
        spec:
          values: {a: {b: {c: 1}}}
    Source: docs/spec.md, What YAML is read
    """,
    ),
    "TP007": (
        "duplicate-key",
        """A map must have each key once.

    Helm and PyYAML keep the last one and forget the first without a word.
    Wrong:
        spec:
          replicas: 2
          replicas: 3
    Right:
        spec:
          replicas: 3
    Source: yaml.org, YAML 1.2.2, 3.2.1.1 Nodes
    """,
    ),
    "TP008": (
        "anchor-or-alias",
        """Anchors and aliases are not read.

    What is meant must stand where it is read; nested aliases also grow without bound.
    Wrong:
        spec:
          values:
            first: &limits {memory: 1Gi}
            second: *limits
    Right:
        spec:
          values:
            first: {memory: 1Gi}
            second: {memory: 1Gi}
    Source: yaml.org, YAML 1.2.2, 7.1 Alias Nodes
    """,
    ),
    "TP009": (
        "tag",
        """Explicit tags are not read.

    `!!int`, `!Ref` and the like mean different things to each reader, or run code.
    Wrong:
        spec:
          values: {port: !!str 8080}
    Right:
        spec:
          values: {port: "8080"}
    Source: yaml.org, YAML 1.2.2, 6.9.1 Node Tags
    """,
    ),
    "TP010": (
        "directive",
        """Directives such as %YAML are not read.

    They change the rules of the whole file, and Go's reader refuses them.
    Wrong:
        %YAML 1.1
        ---
        apiVersion: tiphys/v1
        kind: Pipeline
        metadata: {name: web}
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          environments: {prod: {}}
    Right:
        apiVersion: tiphys/v1
        kind: Pipeline
        metadata: {name: web}
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          environments: {prod: {}}
    Source: yaml.org, YAML 1.2.2, 6.8 Directives
    """,
    ),
    "TP011": (
        "several-documents",
        """A file must hold one document.

    Helm reads only the first one.
    Wrong:
        spec:
          replicas: 2
        ---
        spec:
          replicas: 3
    Right:
        spec:
          replicas: 3
    Source: yaml.org, YAML 1.2.2, 9.2 Streams
    """,
    ),
    "TP012": (
        "ambiguous-scalar",
        """A value without quotes must mean the same to every reader.

    `on`, `010`, `1e3`, `1.10` and dates are text, numbers or booleans, depending on who reads. Quote text; write numbers in their plain form.
    Wrong:
        spec:
          image: {repository: ghcr.io/acme/web, tag: 1.10}
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.10"}
    Source: yaml.org, YAML 1.2.2, 10.3 Core Schema, and YAML 1.1, Language-Independent Types
    """,
    ),
    "TP013": (
        "key-not-text",
        """A key must be plain text on one line.

    `on:` becomes "true" for Helm, and a number or a map has no place as a key.
    Wrong:
        spec:
          values: {on: push}
    Right:
        spec:
          values: {"on": push}
    Source: yaml.org, YAML 1.1, Boolean Language-Independent Type
    """,
    ),
    "TP014": (
        "merge-key",
        """Merge keys (`<<`) are not read.

    They exist for readers of YAML 1.1 only.
    Wrong:
        spec:
          values: {<<: {memory: 1Gi}, cpu: 1}
    Right:
        spec:
          values: {memory: 1Gi, cpu: 1}
    Source: yaml.org, YAML 1.1, Merge Key Language-Independent Type
    """,
    ),
    "TP015": (
        "not-a-mapping",
        """A file must hold a mapping.

    apiVersion, kind, metadata and spec, like any Kubernetes object.
    Wrong:
        - name: web
        - name: api
    Right:
        spec:
          replicas: 2
    Source: docs/spec.md, What YAML is read
    """,
    ),
    "TP016": (
        "conflict-marker",
        """Merge conflicts must be resolved.

    A marker was left in the file.
    Wrong:
        spec:
        <<<<<<< HEAD
          replicas: 2
        =======
          replicas: 3
        >>>>>>> faster
    Right:
        spec:
          replicas: 3
    Source: git-scm.com, git-merge, How conflicts are presented
    """,
    ),
    "TP017": (
        "lone-carriage-return",
        """Lines must end in a newline.

    A carriage return alone is a line break for one reader and a blank for the next.
    Wrong:
        a file with the line ends of an old Macintosh, carriage returns alone
    Right:
        the same file with newlines, or with carriage returns and newlines
    Source: yaml.org, YAML 1.2.2, 5.4 Line Break Characters
    """,
    ),
    "TP020": (
        "wrong-type",
        """A field must have the type that its schema says.

    Versions and tags are text: quote them.
    Wrong:
        spec:
          replicas: "3"
    Right:
        spec:
          replicas: 3
    Source: tiphys schema
    """,
    ),
    "TP021": (
        "unknown-field",
        """A field must be one that the schema knows.

    A misspelt field would be ignored, and nothing is worse than a setting that silently does nothing.
    Wrong:
        spec:
          replica: 3
    Right:
        spec:
          replicas: 3
    Source: tiphys schema
    """,
    ),
    "TP022": (
        "missing-field",
        """What is required must be there.

    In the file itself, or after all layers were merged.
    Wrong:
        spec:
          image: {tag: "1.0.0"}
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
    Source: tiphys schema
    """,
    ),
    "TP023": (
        "value-not-allowed",
        """A value must be one that the schema allows.

    The message says which range, pattern or list holds.
    Wrong:
        spec:
          replicas: -1
    Right:
        spec:
          replicas: 1
    Source: tiphys schema
    """,
    ),
    "TP024": (
        "wrong-kind",
        """`apiVersion` and `kind` must be those of this kind of file.

    The file stands where another kind is expected.
    Wrong:
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          environments: {prod: {}}
    Right:
        apiVersion: tiphys/v1
        kind: Pipeline
        metadata: {name: web}
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          environments: {prod: {}}
    Source: tiphys schema
    """,
    ),
    "TP030": (
        "map-meets-value",
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
    ),
    "TP031": (
        "unknown-environment",
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
    ),
    "TP032": (
        "promotion-cycle",
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
    ),
    "TP033": (
        "unknown-preset",
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
    ),
    "TP034": (
        "unknown-profile",
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
    ),
    "TP035": (
        "placeholder",
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
    ),
    "TP036": (
        "duplicate-service",
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
    ),
    "TP037": (
        "reserved-name",
        """A service must not be called like a folder of the output.

    Its files would mix with those of others.
    Wrong:
        metadata: {name: applications}
    Right:
        metadata: {name: application-portal}
    Source: docs/spec.md, The workspace
    """,
    ),
    "TP038": (
        "null-in-list",
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
    ),
    "TP039": (
        "name-is-not-file-name",
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
    ),
    "TP040": (
        "template",
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
    ),
    "TP041": (
        "not-emittable",
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
    ),
    "TP042": (
        "analysis-template-source",
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
    ),
    "TP043": (
        "file-not-read",
        """A file must stand where the workspace looks for it, under a name that it looks for.

    Anywhere else it would silently not count: a spec not be deployed, an environment not be there. This is
    said of files that are called nearly like a spec, and of environments, strategies and AppProjects in
    folders below environments/, strategies/ and projects/.
    Wrong:
        a spec that is called services/web/pipeline.yml, or an environment in environments/eu/prod.yaml
    Right:
        the same spec as services/web/pipeline.yaml, or `specs: [services/**/pipeline.yml]` in tiphys.yaml; the environment in environments/prod.yaml
    Source: docs/spec.md, The workspace
    """,
    ),
    "TP044": (
        "chart-claimed-twice",
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
    ),
    "TP045": (
        "lint-setting",
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
    ),
    "TP070": (
        "yaml-style",
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
    "TP071": (
        "modeline",
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
    "TP301": (
        "value-is-owned",
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
    ),
    "TP311": (
        "chart-cannot",
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
    ),
    "TP312": (
        "values-shape",
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
    ),
    "TP313": (
        "reference-incomplete",
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
    ),
    "TP501": (
        "application-name-taken",
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
    "TP502": (
        "object-shared",
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
    "TP600": (
        "chart-found",
        """The chart of a service must be there.

    It is looked for at chart.path, in charts/, beside tiphys, in the cache, and in the environment's chart repository.
    Wrong:
        spec:
          chart: {path: chart/service}
    Right:
        spec:
          chart: {path: charts/service}
    Source: docs/spec.md
    """,
    ),
    "TP601": (
        "helm-renders",
        """Helm must render the chart with the values of the service.

    Argo CD calls it with the same flags; what it refuses here is a ComparisonError there.
    Wrong:
        spec:
          values: {ingress: {enabled: true, hosts: shop.example.com}}
    Right:
        spec:
          values: {ingress: {enabled: true, hosts: [{host: shop.example.com, paths: [{path: /}]}]}}
    Source: helm.sh, helm template
    """,
    ),
    "TP602": (
        "helm-lint",
        """`helm lint --strict` must have nothing to say.

    It looks at the chart and at the values that the service gives it.
    Wrong:
        a chart whose Chart.yaml has no version
    Right:
        a chart that `helm lint --strict` has nothing to say about
    Source: helm.sh, helm lint
    """,
    ),
    "TP603": (
        "rendered-text",
        """What Helm prints must be Kubernetes objects that every reader takes for the same.

    Of a key that is given twice the last one counts, silently.
    Wrong:
        a template of the chart that writes `labels:` twice
    Right:
        a template that writes it once
    Source: helm.sh, The Chart Template Developer's Guide, YAML Techniques
    """,
    ),
    "TP604": (
        "kubernetes-schema",
        """Every object must fit the schema of the environment's version of Kubernetes.

    The API server would refuse it, or drop the field that it does not know.
    Wrong:
        spec:
          values: {podSecurityContext: {runAsUser: root}}
    Right:
        spec:
          values: {podSecurityContext: {runAsUser: 1000}}
    Source: kubernetes.io, Kubernetes API
    """,
    ),
    "TP605": (
        "argo-schema",
        """Every object of Argo must fit its schema.

    The API server would refuse it, or drop the field that it does not know.
    Wrong:
        a chart that renders a Rollout with `spec.strategy.canary.step`
    Right:
        the same with `spec.strategy.canary.steps`
    Source: argo-rollouts.readthedocs.io, Rollout Specification
    """,
    ),
    "TP606": (
        "value-unknown",
        """A value should be one that the chart knows.

    Neither its defaults, its schema nor its templates have a word of it, so it does nothing.
    Wrong:
        spec:
          values: {loglevel: debug} # of a chart that says {{ .Values.logLevel }}
    Right:
        spec:
          values: {logLevel: debug}
    Source: helm.sh, Values Files
    """,
    ),
    "TP607": (
        "image-runs",
        """Some container must run the image that the spec names.

    Otherwise a release changes the spec and nothing else.
    Wrong:
        a chart whose container says `image: nginx`
    Right:
        a chart whose container says `image: {{ .Values.image.repository }}:{{ .Values.image.tag }}`
    Source: docs/templates.md
    """,
    ),
    "TP608": (
        "manifest-is-object",
        """A manifest must hold Kubernetes objects.

    apiVersion and kind say what it is; without them nothing applies it.
    Wrong:
        metadata: {name: web}
    Right:
        {apiVersion: v1, kind: Service, metadata: {name: web}}
    Source: kubernetes.io/docs/concepts/overview/working-with-objects
    """,
    ),
    "TP609": (
        "reference-outside",
        """What an object refers to should be checked with it.

    There is no object of that kind among the manifests, so nobody can say whether the name is right. `--strict-references` makes it an error.
    Wrong:
        tiphys lint --manifests rollout.yaml
    Right:
        tiphys lint --manifests rollout.yaml services/
    Source: docs/lint.md
    """,
    ),
    "TP651": (
        "released-version",
        """The specs must ask for the version of a chart that is released.

    A release that nobody asks for deploys nothing, and a version that was never released cannot be deployed.
    Wrong:
        charts/service has version 1.3.0, and every spec asks for 1.2.0
    Right:
        tiphys bump checkout --env dev --chart-version 1.3.0
    Source: docs/releases.md
    """,
    ),
    "TP652": (
        "chart-metadata",
        """A chart must have a Chart.yaml that Helm packs: a SemVer version, and the name that specs call it by.

    Its package is called by both, and nobody would find it under others.
    Wrong:
        a Chart.yaml that says `version: "1.3"`
    Right:
        a Chart.yaml that says `version: 1.3.0`
    Source: helm.sh, Charts, The Chart.yaml File
    """,
    ),
    "TP653": (
        "chart-lint",
        """`helm lint --strict` must have nothing to say of a chart that is released.

    It is run with the chart's own values and with each of ci/*-values.yaml.
    Wrong:
        a chart whose ci/ingress-values.yaml its own values.schema.json refuses
    Right:
        a chart that is linted with every file in ci/
    Source: helm.sh, helm lint
    """,
    ),
    "TP654": (
        "chart-renders",
        """Helm must render a chart that is released.

    With each of ci/*-values.yaml; with the chart's own values where there are none.
    Wrong:
        a template that says `{{ .Values.image.tag | upper }}` of a chart without `image`
    Right:
        the same chart with `image: {}` in its values.yaml
    Source: helm.sh, helm template
    """,
    ),
    "TP655": (
        "chart-dependencies",
        """The dependencies of a chart must be in charts/, in the versions that Chart.lock has.

    Otherwise the same chart is packed with other contents tomorrow.
    Wrong:
        a Chart.yaml with `dependencies`, and no Chart.lock
    Right:
        helm dependency build charts/service && git add charts/service
    Source: helm.sh, Charts, Chart Dependencies
    """,
    ),
    "TP901": (
        "missing",
        """A generated file must be committed.

    Its spec renders to it, and it is not there.
    Wrong:
        a spec is committed without `tiphys generate`
    Right:
        tiphys generate && git add generated/
    Source: docs/spec.md
    """,
    ),
    "TP902": (
        "differs",
        """A generated file must be what its spec renders to.

    It was edited by hand, or the spec, environment or template changed without `tiphys generate`.
    Wrong:
        generated/prod/web/values.yaml is edited by hand
    Right:
        the spec is edited, and `tiphys generate` writes the file
    Source: docs/spec.md
    """,
    ),
    "TP903": (
        "stale",
        """A generated file must still be rendered to.

    Its spec or environment is gone; `tiphys generate` removes it.
    Wrong:
        services/web/ is deleted and generated/prod/web/ is not
    Right:
        git rm -r services/web && tiphys generate --allow-delete
    Source: docs/spec.md
    """,
    ),
    "TP904": (
        "unowned",
        """The folder of generated files must hold nothing else.

    tiphys did not write it, and so never touches it.
    Wrong:
        generated/prod/web/notes.txt
    Right:
        services/web/notes.txt
    Source: docs/spec.md, The workspace
    """,
    ),
}
"""Name and page by id, each page written like the docstring of a rule."""
