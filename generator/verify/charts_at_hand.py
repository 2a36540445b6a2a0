"""Charts that are on this machine: which of them a service uses."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from functools import cache, cached_property, partial

from generator.diagnostics import Pointer
from generator.service.chart import ChartSource
from generator.syntax import semver, shipped
from generator.syntax.schema.costs import ChartBudget
from generator.system.charts import package as chart_package
from generator.system.charts.package import METADATA
from generator.system.files import Folder, UnreadableFileError
from generator.system.files.once import Once
from generator.verify import chart_files, kept_charts
from generator.verify.chart_at_hand import ChartAtHand
from generator.verify.chart_files import ChartFiles
from generator.verify.dependencies import beside
from generator.verify.known_values import KnownValues
from generator.workspace.load import Loader
from generator.workspace.model import SHIPPED, Problem


class ChartsAtHand:
    """Finds the chart of a service where `verify` would find it, if it is at hand; each is read once."""

    def __init__(self, loader: Loader, processes: int = 1) -> None:
        self.budget = ChartBudget(processes)
        """What pays for all that is asked of the charts."""
        self._loader = loader
        self._answers = Once[ChartSource, ChartAtHand | None]()
        self._local = Once[str, ChartAtHand | None]()

    def find(self, asked: ChartSource) -> ChartAtHand | None:
        """Return the chart of a service; None if it is not at hand, or only one of several versions that it may be."""
        return self._answers(asked, lambda: None if asked.git or not asked.name else self._find(asked))

    def _find(self, asked: ChartSource) -> ChartAtHand | None:
        if asked.path:
            return self._fitting(self.local(asked.path, ("chart", "path")), asked)
        if not asked.is_own_repository:
            near = self._fitting(self.local(f"charts/{asked.name}", ("chart",)), asked)
            near = near or (self._fitting(self._shipped, asked) if asked.name == SHIPPED else None)
            if near is not None:
                return near
        return self._kept(asked)

    def other(self, asked: ChartSource) -> Problem | None:
        """Return the problem of a folder with another chart than the one that a service names; None without one."""
        chart = self.local(asked.path, ("chart", "path")) if asked.folder else None
        there = tuple(str(chart.known.metadata.get(field) or "") for field in ("name", "version")) if chart else ("", "")
        if not chart_package.is_name(there[0]) or semver.parse(there[1]) is None:
            return None  # it is no chart, as `verify` says
        return unlike(asked.path, there, (asked.name, asked.version))

    @staticmethod
    def _fitting(chart: ChartAtHand | None, asked: ChartSource) -> ChartAtHand | None:
        if chart is None:
            return None
        name, version = (chart.known.metadata.get(field) for field in ("name", "version"))
        return chart if name == asked.name and chart_package.fits(str(version), asked.version) else None

    def local(self, path: str, at: Pointer) -> ChartAtHand | None:
        """Return the chart in a folder of the workspace, if there is one. `at` is what names it in a service."""

        def look() -> ChartAtHand | None:
            exists = self._loader.exists(f"{path}/{METADATA}")
            return ChartAtHand(self._files(path), path, at, self.budget, near=partial(self._beside, path)) if exists else None

        return self._local(path, look)

    def _files(self, path: str) -> ChartFiles:
        return chart_files.in_folder(self._loader.folder, posixpath.normpath(path), self._read)

    def _read(self, path: str, limit: int) -> bytes:
        if not self._loader.exists(path):  # nor is it an input that a commit would lack
            raise UnreadableFileError("does not exist", "", is_missing=True)
        return self._loader.raw(path, limit)

    def _beside(self, path: str, address: str) -> ChartAtHand | None:
        """Return a chart of this workspace that another depends on by its path."""
        where = beside(path, address)
        return self.local(where, ("chart",)) if where else None

    @cached_property
    def _shipped(self) -> ChartAtHand:
        files, known = _shipped_chart()
        return ChartAtHand(files, "the chart that ships with Tiphys", ("chart",), self.budget, known=known, sound=True)

    def _kept(self, asked: ChartSource) -> ChartAtHand | None:
        """Return a chart of the cache; of a range, what is in the cache may not be what Argo CD takes."""
        if not asked.version or semver.is_range(asked.version) or not chart_package.is_name(asked.name):
            return None
        address = asked.repository.rstrip("/")
        folder = kept_charts.exactly(address, asked.name, asked.version)
        return ChartAtHand(chart_files.in_folder(Folder(folder)), address, ("chart",), self.budget) if folder else None


@cache
def _shipped_chart() -> tuple[ChartFiles, KnownValues]:
    """Return the files of the shipped chart, and what it knows, read once: an editor asks at each keystroke."""
    files = chart_files.in_folder(Folder(shipped.path("templates", "chart")))
    return files, KnownValues(files)


def unlike(path: str, there: Sequence[str], asked: tuple[str, str]) -> Problem | None:
    """Return the problem of a folder whose chart has another name or version than a service asks for."""
    (name, version), (wanted, wanted_version) = there, asked
    if name != wanted:
        message = f"the chart in {path} has the name `{name}`, not `{wanted}`"
        return Problem("TP600", ("chart", "name"), message, f"set chart.name to `{name}`, or correct the path")
    if not chart_package.fits(version, wanted_version):
        message = f'the chart in {path} has version {version}, not "{wanted_version}"'
        hint = "remove chart.version, as chart.path is set, or correct it"
        return Problem("TP600", ("chart", "version"), message, hint)
    return None
