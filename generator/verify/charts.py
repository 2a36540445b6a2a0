"""Where the chart of a service is: in the workspace, shipped with Tiphys, or in a chart repository."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.errors import ConfigError
from generator.service.chart import ChartSource, chart_of, no_chart
from generator.syntax import semver, shipped
from generator.system.charts import folder as chart_folder
from generator.system.charts import package as chart_package
from generator.system.charts.address import of_source
from generator.system.charts.folder import UnfitFolderError
from generator.system.charts.limits import shown
from generator.system.charts.package import METADATA, NoPackageError
from generator.system.charts.references import outside_dependency
from generator.system.charts.repository import Repository
from generator.system.files import Folder, roots
from generator.system.helm import Helm
from generator.verify import kept_charts
from generator.verify.charts_at_hand import unlike
from generator.verify.clones import Clones, NoCloneError
from generator.verify.dependencies import whole
from generator.verify.offered_charts import OfferedCharts
from generator.workspace.model import Resolved

SHIPPED = "service"
"""The chart that ships with tiphys."""


class Chart(NamedTuple):
    """A chart in a folder."""

    folder: str
    name: str
    version: str
    origin: str
    """Where it was found, for messages."""


class NoChartError(Exception):
    """The chart does not exist; `pointer` is its reference in the resolved service."""

    def __init__(self, pointer: Pointer, message: str, hint: str) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message
        self.hint = hint


class Charts:
    """Finds charts, each once. Those of repositories are kept below the user's cache folder.

    Those of the workspace are copied, until `close`: Helm would follow the links in them.
    """

    def __init__(
        self,
        root: str,
        helm: Helm,
        *,
        candidate: str = "",
        called: str = "",
        offline: bool = False,
        clones: Mapping[str, str] = MappingProxyType({}),
        offered: OfferedCharts | None = None,
        instead: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.root = root
        self._instead = instead  # versions by chart, in place of those of the specs
        self._clones = Clones(clones)
        self._offered = offered  # charts in place of every chart repository; others are fetched
        self._helm = helm
        self._copies: tempfile.TemporaryDirectory[str] | None = None
        self._candidate = self._given(candidate, called or candidate) if candidate else None
        """An unreleased chart; it replaces every released one of its name."""
        self._offline = offline
        self._opened: dict[str, Chart | NoChartError] = {}
        self._fetched: dict[tuple[str, str, str], Chart | NoChartError] = {}

    def find(self, resolved: Resolved) -> Chart:
        """Return the chart of a service; raises NoChartError."""
        asked = chart_of(resolved)
        name, wanted = asked.name, self._instead.get(asked.name, asked.version)
        if asked.git:
            return self._elsewhere(asked)
        if asked.path:
            return self._here(asked.path, name, wanted, ("chart", "path"))
        if asked.is_own_repository:
            return self._from_repository(Repository(asked.repository.rstrip("/")), name, wanted)
        if self._candidate and self._candidate.name == name:
            return self._candidate
        for chart in self._near(name):
            if chart.name == name and chart_package.fits(chart.version, wanted):
                return chart
        return self._from_repository(Repository.of(resolved.environment.spec), name, wanted)

    def of_source(self, source: Mapping[str, Any], here: str) -> Chart:
        """Return the chart of a source that a template of the workspace wrote; raises NoChartError.

        `here` is the address of this repository.
        """
        address, name, wanted = (str(source.get(field) or "") for field in ("repoURL", "chart", "targetRevision"))
        if name:
            if self._candidate and self._candidate.name == name:
                return self._candidate
            near = next(
                (chart for chart in self._near(name) if chart.name == name and chart_package.fits(chart.version, wanted)), None
            )
            return near or self.released(address, name, wanted)
        path = str(source.get("path") or "")
        found = self._local(path, ("chart",)) if address == here else None
        if found is None:
            message = f"the Application has a chart in `{path}` of {address}, which is not in this workspace"
            raise NoChartError(("chart",), message, "correct the template of the Application")
        return found

    def in_tree(self, root: str, path: str, origin: str) -> Chart:
        """Return the chart in a folder of any tree, with the charts that it depends on; raises NoChartError."""
        key = f"{root}\0{path}"
        if key not in self._opened:
            try:
                self._opened[key] = self._kept(whole(root, path, lambda *asked: self.released(*asked).folder), origin)
            except (UnfitFolderError, NoPackageError) as error:
                self._opened[key] = _unfit(("path",), origin, error)
        found = self._opened[key]
        if isinstance(found, NoChartError):
            raise found
        return found

    def released(self, address: str, name: str, wanted: str) -> Chart:
        """Return a chart of a chart repository, as an Application writes its address; raises NoChartError."""
        return self._from_repository(*of_source(address, name), wanted)

    def _near(self, name: str) -> Iterator[Chart]:
        yield from filter(None, (self._local(f"charts/{name}", ("chart",)),))
        if name == SHIPPED:
            yield self._shipped()

    def close(self) -> None:
        """Remove the copies."""
        if self._copies is not None:
            self._copies.cleanup()

    def _here(self, path: str, name: str, wanted: str, pointer: Pointer) -> Chart:
        chart = self._local(path, pointer)
        if chart is None:
            missing = no_chart(path)
            raise NoChartError(pointer, missing.message, missing.hint)
        other = unlike(path, (chart.name, chart.version), (name, wanted))
        if other is not None:
            raise NoChartError(other.pointer, other.message, other.hint)
        return chart

    def _local(self, path: str, pointer: Pointer) -> Chart | None:
        """Return the chart in a folder of the workspace, None if absent; raises NoChartError."""
        if path not in self._opened:
            if not Folder(self.root).exists(f"{path}/{METADATA}"):
                return None
            try:
                self._opened[path] = self._copied(self.root, path, path)
            except (UnfitFolderError, NoPackageError) as error:
                self._opened[path] = _unfit(pointer, path, error)
        found = self._opened[path]
        if isinstance(found, NoChartError):
            raise NoChartError(pointer, found.message, found.hint)
        return found

    def _given(self, folder: str, origin: str) -> Chart:
        """Return the chart in a folder that the user names; raises ConfigError."""
        try:
            door = roots.named(folder)
            return self._copied(door.folder.path, door.path, origin)
        except (UnfitFolderError, NoPackageError) as error:
            unfit = _unfit((), origin, error, "use the directory of a chart")
            raise ConfigError(unfit.message, unfit.hint) from None

    def _shipped(self) -> Chart:
        files = {METADATA: shipped.read("templates", "chart", METADATA)}
        return _chart(files, shipped.path("templates", "chart"), "the chart that ships with Tiphys")

    def _copied(self, root: str, path: str, origin: str) -> Chart:
        files = whole(root, path)
        outside = outside_dependency(path, chart_package.metadata(files)) if path else ""
        if outside:
            raise NoPackageError(f"it depends on a chart at {shown(outside)}, which is not in this workspace")
        return self._kept(files, origin)

    def _kept(self, files: Mapping[str, bytes], origin: str) -> Chart:
        """Write the files of a chart into a folder of ours, until `close`."""
        self._copies = self._copies or tempfile.TemporaryDirectory(prefix="tiphys-charts-")
        chart = _chart(files, "", origin)
        folder = os.path.join(tempfile.mkdtemp(dir=self._copies.name), chart.name)
        chart_folder.write(files, folder)
        return chart._replace(folder=folder)

    def _elsewhere(self, asked: ChartSource) -> Chart:
        """Return a chart of a different Git repository, from the clone that the user names; raises NoChartError."""
        try:
            root = self._clones.at("the chart", asked.git, asked.revision)
        except NoCloneError as error:
            raise NoChartError(("chart", error.field), error.message, error.hint) from None
        try:
            return self.in_tree(root, asked.path, f"{asked.path} in the clone of {asked.git}")
        except NoChartError as error:
            raise NoChartError(("chart", "path"), error.message, "check out the revision that the spec names") from None

    def _from_repository(self, repository: Repository, name: str, wanted: str) -> Chart:
        if not chart_package.is_name(name):
            message = f"{shown(name)} is not a valid chart name"
            raise NoChartError(("chart",), message, "write the name that the chart has in its repository")
        key = (repository.address, name, wanted)
        if key not in self._fetched:
            try:
                self._fetched[key] = self._fetch(repository, name, wanted)
            except NoChartError as error:
                self._fetched[key] = error
        found = self._fetched[key]
        if isinstance(found, NoChartError):
            raise found
        return found

    def _fetch(self, repository: Repository, name: str, wanted: str) -> Chart:
        offered = self._offered.find(name, wanted) if self._offered else None
        if offered is not None:
            return self._kept(offered.files, offered.origin)
        kept = kept_charts.folder_of(repository.address, name)
        versions = {entry: semver.parse(entry) for entry in kept_charts.versions(kept)}
        fitting = [(parsed.order, entry) for entry, parsed in versions.items() if parsed and chart_package.fits(entry, wanted)]
        if fitting and (self._offline or (wanted and not semver.is_range(wanted))):
            version = max(fitting)[1]
            return Chart(os.path.join(kept, version, name), name, version, repository.address)
        if self._offline:
            what = f"{name} {wanted}".strip()
            message = f"{what} is neither in the workspace nor in the cache, and --offline forbids downloads"
            raise NoChartError(("chart",), message, "run it without --offline once")
        from generator.system.charts import repository as chart_repository
        from generator.system.charts.failures import ChartRepositoryError

        try:
            package = chart_repository.package(self._helm, repository, name, wanted)
        except ChartRepositoryError as error:
            raise NoChartError(("chart",), error.message, error.hint) from None
        files = chart_package.opened(package.content)
        if not kept:
            return self._kept(files, repository.address)
        folder = kept_charts.keep(files, kept, package.version, name)
        return Chart(folder, name, package.version, repository.address)


def _unfit(pointer: Pointer, origin: str, error: UnfitFolderError | NoPackageError, hint: str = "correct it") -> NoChartError:
    """Return the error for a folder that cannot be used as a chart."""
    if isinstance(error, UnfitFolderError):
        return NoChartError(pointer, f"{origin}/{error.path}".rstrip("/") + f" {error.message}", error.hint)
    return NoChartError(pointer, f"the chart in {origin} cannot be used: {error}", hint)


def _chart(files: Mapping[str, bytes], folder: str, origin: str) -> Chart:
    """Return a chart by its files; raises NoPackageError."""
    if METADATA not in files:
        raise NoPackageError(f"it has no {METADATA}")
    identity = chart_package.identity(files)
    return Chart(folder, identity.name, identity.version, origin)
