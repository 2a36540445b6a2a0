"""Inputs that are missing, misplaced or unsafe: the pages of what is found outside of rules."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP046",
        "no-environments",
        Severity.ERROR,
        """A workspace must have at least one environment, in the folder that tiphys.yaml names.

    Environments say where services run. Without them everything would be generated for clusters, projects
    and chart repositories that nobody asked for, so nothing is generated at all.
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

    One that matches nothing is misspelt, or the specs that it was for have been moved.
    Wrong:
        # tiphys.yaml, where there is no folder team
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
        """An address that `tiphys init` wrote as a placeholder should be replaced before anything is deployed.

    registry.example.com is reserved for examples and serves no charts, and the repository of `acme` is not
    yours, so Argo CD cannot fetch from either. Only addresses of the workspace and of environments that a
    service is deployed to are looked at.
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
        """Two files must not have names that are the same elsewhere.

    Windows and macOS treat `Shop/` and `shop/` as one folder, and both ways to write `é` as one name: a checkout there loses one of the two. Letters that look alike hide one file behind another in a review. An environment or preset in both `prod.yaml` and `prod.yml` would be read from one of them.
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

    Said of files whose content does not tell: a name that is nearly that of a spec, a file in templates/
    that replaces no template, templates in a folder that is nearly called so, AppProjects outside of
    projects/, and folders that cannot be read.
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
        """An address must hold no user name, password or token.

    It would stand in every Application, in Argo CD's user interface and in the history of Git. Argo CD takes credentials from a Secret. The user of `git@host:path` and `ssh://git@host/path` is no secret; for what stands in `values`, see TP103.
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
)
