"""The rule TP401, chart-source-known."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.service.chart import is_own


def check(built: Built) -> Iterator[Finding]:
    """A chart must have one source: a version in a chart repository, or a path in a Git repository.

    Argo CD rejects a chart source without a version, and one without a repository has no address. A branch
    as `revision` lets another repository change what runs without a commit in this one. A chart in this
    repository can only have the revision at which Argo CD reads its values.
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
    if "chart" not in resolved.data:
        return  # a kustomization or a directory in its place
    given, chart, where = resolved.data["chart"], built.origin, resolved.environment.name
    if "repository" in given and chart.path:
        yield Finding(("chart", "repository"), "the chart has both a `repository` and a `path`", "remove one of the two")
    if "repoURL" in given and not chart.path:
        yield Finding(("chart", "repoURL"), "`repoURL` needs `path`: the folder of the chart in that repository", "add `path`")
    if is_own(chart.git, resolved) and not resolved.environment.destination:
        message = (
            f"`repoURL` is this repository, at `{chart.revision or 'HEAD'}`; its values are read at `{resolved.home.revision}`"
        )
        hint = "remove `repoURL` and `revision`, or copy the chart: Argo CD refuses two revisions of one repository"
        yield Finding(("chart", "repoURL"), message, hint)
    if "revision" in given and "repoURL" not in given:
        yield Finding(
            ("chart", "revision"),
            "`revision` is for a chart in a different Git repository",
            "add `repoURL`, or remove it; use `version` for a chart of a chart repository",
        )
    if "passCredentials" in chart.switches and not chart.repository.startswith("http"):
        message = "`passCredentials` is for an HTTP chart repository, whose index can name other hosts"
        yield Finding(("chart", "passCredentials"), message, "remove it: nothing would use it")
    if chart.path or "repoURL" in given:
        return
    if not chart.repository:
        message = f"{where} has no chart repository, and the chart has no path"
        yield Finding(("chart",), message, f"set spec.chart.repository in {resolved.environment.source.path}")
    if not chart.version:
        message = f"the chart `{chart.name}` has no version in {where}"
        yield Finding(("chart",), message, "set chart.version in the environment or in the spec")
