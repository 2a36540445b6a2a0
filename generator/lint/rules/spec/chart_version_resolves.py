"""The rule TP404, chart-version-resolves."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.target import of, release
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.syntax import semver

_OCI_RANGES = "2.6.0"
"""The first version of Argo CD that resolves ranges in an OCI registry."""


def check(built: Built) -> Iterator[Finding]:
    """A chart version must be a version, or a range that Argo CD can resolve in the chart repository.

    Argo CD reads `1.2` as a version, not as a range, and keeps the first match that it finds. Anything that
    is neither a version nor a range is a ComparisonError, as is a range in an OCI registry before Argo CD
    2.6. A range includes pre-releases only if it names one, as `>=1.0.0-0` does.
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
    environment, chart = built.resolved.environment, built.origin
    version = chart.version
    if not version or chart.path or semver.parse(version) is not None:
        return
    at = ("chart", "version")
    if not semver.is_readable(version):
        yield Finding(
            at, f'"{version}" is neither a version nor a range', 'write one version, such as "1.4.2", or a range: "1.4.x"'
        )
    elif environment.policy.get("chartVersion", "pinned") == "pinned":
        return  # policy-chart-version reports it
    elif semver.is_partial(version):
        hint = f'write a range, "{version}.x", or a full version'
        yield Finding(at, f'Argo CD reads "{version}" as a version, not a range, and keeps the first match', hint)
    elif _too_old(environment.spec) and chart.repository.startswith("oci://"):
        argocd = environment.spec["target"]["argocd"]
        message = f'Argo CD {argocd} does not resolve "{version}" in an OCI registry; 2.6 and newer do'
        where = environment.part(("spec", "target", "argocd")).path
        yield Finding(at, message, f"write one version, or correct target.argocd in {where}")


def _too_old(environment: dict[str, dict[str, str]]) -> bool:
    stated = of(environment.get("target")).release("argocd")
    return stated is not None and stated < release(_OCI_RANGES)
