"""A chart that is on this machine, read for what it says of its values: nothing is fetched, copied or rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.syntax.budget import Budget
from generator.syntax.merge import null_free
from generator.syntax.schema.costs import CHART
from generator.system.charts.limits import NoPackageError
from generator.system.charts.references import check_schemas
from generator.system.files import watching
from generator.verify.chart_files import ChartFiles
from generator.verify.known_values import KnownValues, dependencies, yaml_of
from generator.verify.values_schema import ValuesSchema

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


def _at(values: Any, path: list[str]) -> Any:
    for part in path:
        values = values.get(part) if isinstance(values, dict) else None
    return values
