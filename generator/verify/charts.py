"""Where the chart of a service is: in the workspace, beside tiphys, or in a chart repository."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from generator import resources, semver
from generator.chart_package import OPEN
from generator.diagnostics import Pointer
from generator.errors import ConfigError
from generator.external.helm import Helm
from generator.files import Folder, UnreadableFileError, roots
from generator.model import Resolved
from generator.reader.characters import MAX_BYTES
from generator.verify import cache, stream

if TYPE_CHECKING:
    from generator.external.chart_repository import Repository

SHIPPED = "service"
"""The chart that ships with tiphys."""


class Chart(NamedTuple):
    """A chart in a folder."""

    folder: str
    name: str
    version: str
    origin: str
    """Where it was found, for people."""


class NoChartError(Exception):
    """There is no such chart; `pointer` is what asks for it in the resolved service."""

    def __init__(self, pointer: Pointer, message: str, hint: str) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message
        self.hint = hint


class Charts:
    """Finds charts, each once. Those of repositories are kept below the user's cache folder."""

    def __init__(self, root: str, helm: Helm, *, candidate: str = "", called: str = "", offline: bool = False) -> None:
        self.root = root
        self._helm = helm
        self._candidate = _named(candidate, called or candidate) if candidate else None
        """A chart that is not released yet; it stands in for every released one of its name."""
        self._offline = offline
        self._opened: dict[str, Chart] = {}
        self._fetched: dict[tuple[str, str, str], Chart | NoChartError] = {}

    def find(self, resolved: Resolved) -> Chart:
        """Return the chart of a service; raises NoChartError."""
        asked = resolved.data["chart"]
        name, wanted = asked["name"], str(asked.get("version") or "")
        if asked.get("path"):
            return self._here(asked["path"], name, wanted, ("chart", "path"))
        if self._candidate and self._candidate.name == name:
            return self._candidate
        for folder, origin in self._near(name):
            chart = self._open(folder, origin)
            if chart.name == name and _fits(chart.version, wanted):
                return chart
        return self._from_repository(resolved.environment.spec, name, wanted)

    def _here(self, path: str, name: str, wanted: str, pointer: Pointer) -> Chart:
        folder = os.path.join(self.root, path)
        if not self._is_plain_chart(path, pointer):
            raise NoChartError(
                pointer, f"there is no chart in {path}: it has no Chart.yaml", "add the chart, or correct the path"
            )
        chart = self._open(folder, path)
        if chart.name != name:
            message = f"the chart in {path} is called `{chart.name}`, not `{name}`"
            raise NoChartError(("chart", "name"), message, f"set chart.name to `{chart.name}`, or correct the path")
        if not _fits(chart.version, wanted):
            message = f'the chart in {path} has version {chart.version}, not "{wanted}"'
            raise NoChartError(("chart", "version"), message, "leave chart.version out beside chart.path, or correct it")
        return chart

    def _open(self, folder: str, origin: str) -> Chart:
        if folder not in self._opened:
            self._opened[folder] = _read(folder, origin)
        return self._opened[folder]

    def _near(self, name: str) -> list[tuple[str, str]]:
        path = f"charts/{name}"
        found = [(os.path.join(self.root, path), path)] if self._is_plain_chart(path, ("chart", "name")) else []
        shipped = [(resources.path("templates", "chart"), "the chart that ships with tiphys")] if name == SHIPPED else []
        return found + shipped

    def _is_plain_chart(self, path: str, pointer: Pointer) -> bool:
        """Tell whether there is a chart at a path; raises NoChartError if it contains links, which Helm would follow."""
        folder = Folder(self.root)
        if not folder.exists(f"{path}/Chart.yaml"):
            return False
        try:
            folder.check_plain(path)
        except UnreadableFileError as error:
            raise NoChartError(pointer, error.about(f"the chart in {path}"), error.hint) from None
        return True

    def _from_repository(self, environment: Mapping[str, Any], name: str, wanted: str) -> Chart:
        from generator.external.chart_repository import Repository  # most charts are near

        repository = Repository.of(environment)
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
        kept = _cache(repository.address, name)
        versions = {entry: semver.parse(entry) for entry in _entries(kept)}
        fitting = [(parsed.order, entry) for entry, parsed in versions.items() if parsed and _fits(entry, wanted)]
        pinned = bool(wanted) and not semver.is_range(wanted)
        if fitting and (pinned or self._offline):
            return _read(os.path.join(kept, max(fitting)[1], name), repository.address)
        if self._offline:
            message = (
                f"{name} {wanted}".strip() + " is neither in the workspace nor in the cache, and --offline asks nobody else"
            )
            raise NoChartError(("chart",), message, "run it once without --offline")
        from generator.external import chart_repository
        from generator.external.chart_repository import ChartRepositoryError

        with tempfile.TemporaryDirectory(prefix="tiphys-chart-") as folder:
            try:
                package = chart_repository.pull(self._helm, repository, name, wanted, folder)
            except ChartRepositoryError as error:
                raise NoChartError(("chart",), error.message, error.hint) from None
            with tarfile.open(package) as archive:
                archive.extractall(os.path.join(folder, "open"), filter="data")
            chart = _read(os.path.join(folder, "open", name), repository.address)
            target = os.path.join(kept, chart.version)
            shutil.rmtree(target, ignore_errors=True)
            os.makedirs(kept, exist_ok=True)
            shutil.move(os.path.join(folder, "open"), target)
        return chart._replace(folder=os.path.join(target, name))


def _named(folder: str, called: str) -> Chart:
    """Return the chart in a folder that the user named; raises ConfigError if it is not one, or contains links, which Helm would follow."""
    door = roots.named(folder)
    try:
        door.folder.check_plain(door.path)
    except UnreadableFileError as error:
        raise ConfigError(error.about(f"the chart in {called}"), error.hint) from None
    return _read(folder, called)


def _cache(repository: str, name: str) -> str:
    return os.path.join(cache.home(), "charts", hashlib.sha256(repository.encode()).hexdigest()[:16], name)


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _fits(version: str, wanted: str) -> bool:
    """Tell whether a version is the one, or one of those, that is wanted."""
    if not wanted or version == OPEN:
        return True
    parsed, exact = semver.parse(version), semver.parse(wanted)
    return parsed is not None and (parsed == exact if exact else bool(semver.satisfies(parsed, wanted)))


def _read(folder: str, origin: str) -> Chart:
    """Return the chart in a folder; raises ConfigError if it is none."""
    path = os.path.join(folder, "Chart.yaml")
    try:
        found = stream.read(Folder(folder).read("Chart.yaml", MAX_BYTES).decode("utf-8"))
    except UnreadableFileError as error:
        raise ConfigError(error.about(path), "give the folder of a chart") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} cannot be read: {error}", "give the folder of a chart") from None
    data = found.objects[0].data if found.objects else {}
    name, version = data.get("name"), data.get("version")
    if not isinstance(name, str) or not isinstance(version, str) or semver.parse(version) is None:
        raise ConfigError(f"{path} has no name and version", "a chart needs `name` and a SemVer `version`, in quotes")
    return Chart(os.path.abspath(folder), name, version, origin)
