"""What Helm is asked for the sources of an Application that Tiphys generates."""

from __future__ import annotations

import posixpath

from generator.kubernetes.helm_sources import HelmSource
from generator.service.build import Built
from generator.service.chart import lacks_file
from generator.system.files import Folder
from generator.verify import rendering, values_files
from generator.verify.charts import Chart, Charts, NoChartError
from generator.verify.rendering import Job
from generator.verify.values_files import Layer

NO_SOURCE = (
    "the Application has no source that is a chart, so nothing can be rendered",
    "correct templates/application.yaml: it must keep the sources, or set a chart",
)


def _check_value_files(built: Built, chart: Chart) -> None:
    """Raise NoChartError if the chart does not have a values file that the spec names."""
    wanted = built.origin
    for index, name in enumerate(wanted.value_files):
        if not Folder(chart.folder).exists(name):
            found = lacks_file(wanted.folder or f"the chart {chart.name} {chart.version}", index, name)
            raise NoChartError(found.pointer, found.message, found.hint)


def of_folder(built: Built, origin: str) -> Job:
    """Return what is built without Helm, in the form of its work."""
    resolved = built.resolved
    key = f"{resolved.environment.label}/{resolved.service}"
    kubernetes = str((resolved.environment.spec.get("target") or {}).get("kubernetes") or "")
    return Job(key, Chart("", "", "", origin), resolved.service, "", kubernetes, (), (), ())


def chart_of_source(charts: Charts, built: Built, source: HelmSource) -> Chart:
    """Return the chart of a source; raises NoChartError."""
    usual = built.application["sources"][0]
    if all(source.data.get(field) == usual.get(field) for field in ("repoURL", "chart", "path", "targetRevision")):
        chart = charts.find(built.resolved)
        _check_value_files(built, chart)
        return chart
    return charts.of_source(source.data, values_files.config_repository(built))


def of_source(built: Built, source: HelmSource, chart: Chart, layers: list[Layer], folder: str, number: int) -> Job:
    """Return what Helm is asked, with the values files written."""
    resolved = built.resolved
    key = f"{resolved.environment.label}/{resolved.service}" + (f"/source-{number}" if number else "")
    target = resolved.environment.spec.get("target") or {}
    return rendering.job_of(
        key,
        source,
        chart,
        layers,
        posixpath.join(folder, key, "files"),
        kubernetes=str(target.get("kubernetes") or ""),
        apis=target.get("apiVersions") or (),
        flags=list(map("=".join, source.parameters)),
    )
