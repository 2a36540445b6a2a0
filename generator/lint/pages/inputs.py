"""Missing, misplaced or unsafe inputs: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP046",
        "no-environments",
        Severity.ERROR,
        """A workspace must have at least one environment that is not abstract, in the folder that tiphys.yaml names.

    Environments set where services run. Without them, files would be generated for clusters, projects
    and chart repositories that no one chose, so nothing is generated.
    Wrong:
        # tiphys.yaml, where the folder is called environments
        spec: {environments: enviroments}
    Right:
        # tiphys.yaml
        spec: {environments: environments}
    Source: docs/spec.md, The workspace
    """,
        fixed=True,
    ),
    Check(
        "TP047",
        "pattern-matches-nothing",
        Severity.WARNING,
        """Each pattern of `spec.specs` should match a file.

    A pattern that matches nothing is misspelt, or its specs were moved.
    Wrong:
        # tiphys.yaml, in a workspace without a folder team
        spec: {specs: [services/*/pipeline.yaml, team/*/pipeline.yaml]}
    Right:
        # tiphys.yaml
        spec: {specs: [services/*/pipeline.yaml, teams/*/pipeline.yaml]}
    Source: docs/spec.md, The workspace
    """,
    ),
    Check(
        "TP048",
        "placeholder-address",
        Severity.NOTE,
        """An address that `tiphys init`, `add` or `import` wrote as a placeholder should be replaced before anything is deployed.

    registry.example.com and git.example.com are reserved for examples and serve nothing, and the repository of
    `acme` is not yours, so Argo CD cannot fetch from any of them. Only the addresses in tiphys.yaml and in environments that a
    service is deployed to are checked, and the image of a service if it is that of the example, or `registry.example.com/` and the name of the service.
    Wrong:
        # environments/prod.yaml
        spec:
          chart: {name: service, version: "1.0.0", repository: oci://registry.example.com/charts-prod}
    Right:
        # environments/prod.yaml
        spec:
          chart: {name: service, version: "1.0.0", repository: oci://ghcr.io/shop/charts}
    Source: RFC 2606, Reserved Example Second Level Domain Names
    """,
    ),
    Check(
        "TP049",
        "twin-names",
        Severity.ERROR,
        """Two files must not have names that other systems treat as equal.

    Windows and macOS treat `Shop/` and `shop/` as one folder, and both encodings of `é` as one name, so a checkout there loses one of the two files. Reviewers cannot tell apart names that look alike. If an environment or preset is in both `prod.yaml` and `prod.yml`, only one of them is read.
    Wrong:
        # services/Shop/pipeline.yaml
        metadata: {name: shop}
        # services/shop/pipeline.yaml
        metadata: {name: shop-admin}
    Right:
        # services/shop/pipeline.yaml
        metadata: {name: shop}
        # services/shop-admin/pipeline.yaml
        metadata: {name: shop-admin}
    Source: git-scm.com, git-config, core.ignoreCase and core.precomposeUnicode
    """,
        fixed=True,
    ),
    Check(
        "TP050",
        "file-perhaps-not-read",
        Severity.WARNING,
        """A file that is named like an input should be where inputs are read.

    Reported for a name that is close to that of a spec, a file in templates/ that overrides no template,
    templates in a folder with a misspelt name, AppProjects outside of projects/, and folders that cannot
    be read.
    Wrong:
        templates/aplication.yaml
    Right:
        templates/application.yaml
    Source: docs/spec.md, The workspace; docs/templates.md
    """,
    ),
    Check(
        "TP051",
        "credentials-in-address",
        Severity.ERROR,
        """An address must not contain a user name, password or token.

    It would appear in every Application, in Argo CD's user interface and in the Git history. Argo CD reads credentials from a Secret. The user in `git@host:path` and `ssh://git@host/path` is not a secret; for secrets in `values`, see TP103.
    Wrong:
        # tiphys.yaml
        spec: {repoURL: "https://bot:hunter2@git.example.com/deploy.git"}
    Right:
        # tiphys.yaml
        spec: {repoURL: "https://git.example.com/deploy.git"}
    Source: argo-cd.readthedocs.io, Declarative Setup, Repositories
    """,
        fixed=True,
    ),
    Check(
        "TP072",
        "stale-schema",
        Severity.NOTE,
        """The schemas in .tiphys should be those of the installed version.

    Editors without the language server check and complete by these copies. A copy of another version, or one that was edited, rejects fields that exist or accepts fields that do not; generating never reads them. `tiphys upgrade` replaces them, `tiphys upgrade --check` fails if one differs. Missing copies are not reported.
    Wrong:
        # .tiphys/pipeline.schema.json
        {"additionalProperties": true}
    Right:
        # after `tiphys upgrade`, the schema that `tiphys schema pipeline` prints
        spec: {replicas: 2}
    Source: docs/stability.md, Upgrading
    """,
    ),
)
