"""Whether what a service deploys from is in this repository: a chart, or a folder in the place of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.service.analyses import UnbuildableError
from generator.service.chart import chart_of, lacks_file, no_chart
from generator.service.folder_source import FolderSource, folder_of, unusable
from generator.system.files.once import Once
from generator.workspace.model import Problem, Resolved

if TYPE_CHECKING:
    from generator.workspace.folders import Stock
    from generator.workspace.load import Loader


class SourcesAtHand:
    """Looks for the charts and folders of services; each path is looked for once."""

    def __init__(self, loader: Loader, output: str) -> None:
        self._loader = loader
        self._output = output
        self._present = Once[str, bool]()

    def missing(self, resolved: Resolved) -> list[Problem]:
        """Return the problems of a chart in this repository that does not exist: Argo CD would find nothing to render."""
        source = folder_of(resolved)
        if source is not None:
            return self._missing_folder(source)
        if "path" not in (resolved.data.get("chart") or {}):
            return []
        chart = chart_of(resolved)
        if not chart.folder:
            return []
        if not self._exists(f"{chart.folder}/Chart.yaml"):
            return [no_chart(chart.folder)]
        return [
            lacks_file(chart.folder, index, name)
            for index, name in enumerate(chart.value_files)
            if not self._exists(f"{chart.folder}/{name}")
        ]

    def _missing_folder(self, source: FolderSource) -> list[Problem]:
        """Return the problem of a folder in this repository, in the place of a chart, in which there is nothing to deploy."""
        if self._is_generated(source):
            message = f"{source.path} is a folder of generated files, which would deploy themselves"
            hint = f"move the manifests out of {self._output}, or set the path to where they are written by hand"
            return [Problem("TP600", (*source.at, "path"), message, hint)]
        stock = self._in_place_of_chart(source)
        return unusable(source, stock) if stock is not None else []

    def stock(self, resolved: Resolved) -> Stock | None:
        """Return what the folder of a service holds, None for a chart; raises UnbuildableError if that is not known."""
        source = folder_of(resolved)
        if source and self._is_generated(source):
            raise UnbuildableError([])  # reported
        stock = self._in_place_of_chart(source) if source else None
        if stock is not None and (stock.missing or stock.refused or stock.is_broken):
            raise UnbuildableError([])  # reported
        return stock

    def _is_generated(self, source: FolderSource) -> bool:
        return not source.git and f"{source.path}/".startswith(f"{self._output}/")

    def _in_place_of_chart(self, source: FolderSource) -> Stock | None:
        if source.git:
            return None
        return self._loader.folders.of(source.kind, source.path, recurse=source.recurse, options=source.settings)

    def _exists(self, path: str) -> bool:
        return self._present(path, lambda: self._loader.in_repository(path))
