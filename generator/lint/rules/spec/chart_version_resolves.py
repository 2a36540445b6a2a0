"""The rule TP404, chart-version-resolves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.lint.rules.rule import About, Finding, Rule
from generator.service.build import Built
from generator.syntax import semver

_PARTIAL = re.compile(r"v?[0-9]+(\.[0-9]+)?\Z")
_PROBE = semver.Version(0, 0, 0)

_OCI_RANGES = (2, 6)
"""The first version of Argo CD that looks for ranges in an OCI registry."""


def check(built: Built) -> Iterator[Finding]:
    """A chart version must be one version, or a range that Argo CD looks up in this chart repository.

    Argo CD takes `1.2` for a version and not for a range: it stays with what it found first. What is
    neither a version nor a range is a ComparisonError, as is a range in an OCI registry for Argo CD
    before 2.6. A range lets pre-releases in only if it names one, as `>=1.0.0-0` does.
    Wrong:
        # environments/prod.yaml
        spec:
          policy: {chartVersion: range}
        # services/web/pipeline.yaml
        spec:
          chart: {name: service, version: "1.2"}
    Right:
        # environments/prod.yaml
        spec:
          policy: {chartVersion: range}
        # services/web/pipeline.yaml
        spec:
          chart: {name: service, version: 1.2.x}
    Source: argo-cd, util/versions/tags.go, MaxVersion; argo-cd#10641
    """
    environment, chart = built.resolved.environment, built.resolved.data["chart"]
    version = chart.get("version")
    if version is None or chart.get("path") or semver.parse(version) is not None:
        return
    at = ("chart", "version")
    if semver.satisfies(_PROBE, version) is None:
        yield Finding(
            at, f'"{version}" is neither a version nor a range', 'write one version, such as "1.4.2", or a range: "1.4.x"'
        )
    elif environment.policy.get("chartVersion", "pinned") == "pinned":
        return  # policy-chart-version says so
    elif _PARTIAL.match(version):
        hint = f'write a range, "{version}.x", or one whole version'
        yield Finding(at, f'Argo CD takes "{version}" for one version, and stays with the first that it finds for it', hint)
    elif _too_old(environment.spec) and environment.spec["chart"].get("repository", "").startswith("oci://"):
        argocd = environment.spec["target"]["argocd"]
        message = f'Argo CD {argocd} does not look for "{version}" in an OCI registry; versions from 2.6 on do'
        yield Finding(at, message, f"write one version, or correct target.argocd in {environment.source.path}")


def _too_old(environment: dict[str, dict[str, str]]) -> bool:
    version = (environment.get("target") or {}).get("argocd")
    return version is not None and tuple(map(int, version.lstrip("v").split(".")[:2])) < _OCI_RANGES


RULE = Rule("TP404", "chart-version-resolves", Severity.ERROR, About.SERVICE, check)
