"""Charts that are on this machine, read for what they say of their values: nothing is fetched, copied or rendered."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.service.chart import ChartSource
from generator.syntax import semver, shipped
from generator.syntax.budget import Budget
from generator.syntax.merge import null_free
from generator.syntax.schema.costs import CHART, ChartBudget
from generator.system.charts import package as chart_package
from generator.system.charts.limits import NoPackageError
from generator.system.charts.package import METADATA
from generator.system.charts.references import check_schemas
from generator.system.files import Folder, UnreadableFileError, watching
from generator.system.files.once import Once
from generator.verify import chart_files, kept_charts
from generator.verify.chart_files import ChartFiles
from generator.verify.dependencies import beside
from generator.verify.known_values import KnownValues, dependencies, yaml_of
from generator.verify.values_schema import ValuesSchema
from generator.workspace.load import Loader
from generator.workspace.model import SHIPPED, Problem

_SCHEMA = "values.schema.json"
Near = Callable[[str], "ChartAtHand | None"]
"""Returns a chart in this workspace, by the address that a dependency on it has."""
_DEEPEST = 4
"""Charts in charts, below which nothing is checked."""


class Subchart(NamedTuple):
    """A chart in a chart."""

    key: str
    """Where its values are in those of the chart around it."""
    chart: ChartAtHand
    conditions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def is_on(self, values: Mapping[str, Any]) -> bool:
        """Tell whether values of the chart around it let it be rendered.

        Source: helm, pkg/chartutil/dependencies.go (processDependencyConditions, processDependencyTags)
        """
        for condition in self.conditions:
            found = _at(values, condition.split("."))
            if isinstance(found, bool):
                return found
        tags = values.get("tags")
        known = [tags[tag] for tag in self.tags if isinstance(tags, dict) and isinstance(tags.get(tag), bool)]
        return any(known) or not known


class ChartAtHand:
    """A chart and those in it, with what they say of their values, each read when it is first asked for."""

    def __init__(
        self,
        files: ChartFiles,
        origin: str,
        at: Pointer,
        budget: Budget,
        *,
        near: Near = lambda _: None,
        known: KnownValues | None = None,
        sound: bool = False,
        depth: int = 0,
    ) -> None:
        """Begin with its files, and with what finds those of a chart next to it; a `sound` one is known to fit its schema.

        The budget pays for the charts in it, and for looks at values by its schema. `known` is what was read of the same
        files before.
        """
        self._files = files
        self._budget = budget
        self._made: dict[tuple[str, int], ChartAtHand] = {}
        """Charts next to this one, by name and identity."""
        self._near = near
        self.origin = origin
        """Where it was found, for messages."""
        self.at = at
        """What names it in a resolved service."""
        self._sound = sound
        self._depth = depth
        self.known = known or KnownValues(files)

    @property
    def defaults(self) -> dict[str, Any]:
        """Its default values; none if they cannot be read."""
        return self.known.defaults or {}

    @cached_property
    def lists_values(self) -> bool:
        """Whether what uses a value is all at hand: not for the shipped chart, whose schema says all, nor without a dependency."""
        names = {path.split("/")[1] for path in self._files.paths("charts") if path.count("/") > 1}
        return not self._sound and all(item.get("name") in names for item in dependencies(self._files, self.known.metadata))

    @cached_property
    def base(self) -> dict[str, Any]:
        """Its default values, without nulls: versions of Helm differ in whether a template sees these."""
        found: dict[str, Any] = null_free(self.defaults)
        return found

    @cached_property
    def refusal(self) -> str:
        """Why its schema is not used, as it would be looked for elsewhere; empty if it can be."""
        raw = None if self._sound else self._files.read(_SCHEMA)
        try:
            check_schemas({_SCHEMA: raw} if raw else {})
        except NoPackageError as error:
            return str(error)
        return ""

    @cached_property
    def schema(self) -> ValuesSchema | None:
        """The schema of its values; None without one that can be used."""
        if self.known.schema is None or self.known.defaults is None or self.refusal:
            return None
        return ValuesSchema(self.known.schema, self.base, self._budget)

    @cached_property
    def subcharts(self) -> tuple[Subchart, ...]:
        """The charts in it; raises SpentError."""
        return tuple(self._subcharts()) if self._depth < _DEEPEST else ()

    def use(self) -> None:
        """Say that what is being made depends on all that is ever read of the chart."""
        watching.use(self._files.uses)

    def text(self, name: str) -> str:
        """Return the text of a file of the chart; empty if it cannot be read."""
        return self._files.text(name)

    def values_file(self, name: str) -> dict[str, Any]:
        """Return the values in a file of the chart; none if they cannot be read."""
        return yaml_of(self._files, name) or {}

    def _subcharts(self) -> Iterator[Subchart]:
        inner = {}
        for directory, files in self._files.inner().items():
            chart = self._inner(directory, files)
            inner[str(chart.known.metadata.get("name") or directory)] = chart
        listed = dependencies(self._files, self.known.metadata)
        for item in listed:
            self._budget.spend(CHART)
            name = str(item.get("name") or "")
            found = inner.get(name) or self._beside(name, str(item.get("repository") or ""))
            if found is not None:
                conditions = tuple(part.strip() for part in str(item.get("condition") or "").split(",") if part.strip())
                tags = item.get("tags")
                yield Subchart(str(item.get("alias") or name), found, conditions, tuple(tags) if isinstance(tags, list) else ())
        named = {str(item.get("name")) for item in listed}
        yield from (Subchart(name, chart) for name, chart in inner.items() if name not in named)

    def _beside(self, name: str, address: str) -> ChartAtHand | None:
        """Return a chart next to this one, the same for each of its names."""
        with watching.making(self._files.uses):
            near = self._near(address)
        if near is None:
            return None
        key = (name, id(near))
        if key not in self._made:
            self._made[key] = self._inner(name, near._files, near.known)  # noqa: SLF001 - they are the same class
        return self._made[key]

    def _inner(self, name: str, files: ChartFiles, known: KnownValues | None = None) -> ChartAtHand:
        origin = f"{name} in {self.origin}"
        return ChartAtHand(files, origin, self.at, self._budget, known=known, depth=self._depth + 1)


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
        found = self._answers(asked, lambda: None if asked.git or not asked.name else self._find(asked))
        if found is not None:
            found.use()
        return found

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

        found = self._local(path, look)
        if found is not None:
            found.use()
        return found

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


def _at(values: Any, path: list[str]) -> Any:
    for part in path:
        values = values.get(part) if isinstance(values, dict) else None
    return values
