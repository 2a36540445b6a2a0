"""The rule TP401, chart-source-known."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.lint.rules.rule import About, Finding, Rule
from generator.service.build import Built


def check(built: Built) -> Iterator[Finding]:
    """A chart must have a source: a version in the environment's chart repository, or a path.

    Argo CD rejects a chart source without a version, and one without a repository has no address.
    Wrong:
        # environments/prod.yaml
        spec:
          chart: {name: service, repository: "oci://registry.example.com/prod"}
    Right:
        # environments/prod.yaml
        spec:
          chart: {name: service, version: "1.0.0", repository: "oci://registry.example.com/prod"}
    Source: argo-cd, util/argo/argo.go, ValidateRepo
    """
    resolved = built.resolved
    chart = resolved.data["chart"]
    repository = (resolved.environment.spec.get("chart") or {}).get("repository")
    where = resolved.environment.name
    if chart.get("path"):
        return
    if not repository:
        message = f"{where} has no chart repository, and the chart has no path"
        yield Finding(("chart",), message, f"set spec.chart.repository in {resolved.environment.source.path}")
    if "version" not in chart:
        message = f"the chart `{chart['name']}` has no version in {where}"
        yield Finding(("chart",), message, "set chart.version in the environment or in the spec")


RULE = Rule("TP401", "chart-source-known", Severity.ERROR, About.SERVICE, check)
