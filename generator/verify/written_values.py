"""Values held against the chart that they are for, where they are written: before Helm, and without it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Pointer, Severity, dotted
from generator.service.build import Built
from generator.service.chart import NOT_CHECKED
from generator.service.origins import origins
from generator.service.place import place
from generator.syntax.budget import Budget, SpentError
from generator.syntax.merge import lookup
from generator.syntax.schema.costs import CHART, SCHEMA, TOLD
from generator.syntax.schema.over_defaults import coalesced
from generator.syntax.schema.values import TYPES
from generator.verify.chart_at_hand import ChartAtHand
from generator.verify.charts_at_hand import ChartsAtHand
from generator.verify.complaints import FAILED, refused_by_schema
from generator.verify.known_values import UNKNOWN_VALUE
from generator.verify.provenance import Provenance, provenance_of
from generator.verify.schema_words import Fault, ValuePath
from generator.verify.shipped_values import is_values, merged
from generator.workspace.load import Loader
from generator.workspace.model import Layer, Problem

NO_CHART = "TP600"
OTHER_TYPE = "TP314"
NULL = "TP315"

_MOST_TOLD = 500
"""Faults of the values of a service that are told."""
_NOTHING: tuple[Any, ...] = (None, "", {}, [])
"""Defaults that null would take nothing from."""


_VERSION, _PATH = ("chart", "version"), ("chart", "path")


class Refused(NamedTuple):
    """A fault that the schema of a chart, or of one in it, finds in the values of a service."""

    chart: ChartAtHand
    at: ValuePath
    """Where the values of that chart are in those of the service."""
    fault: Fault


class WrittenValues:
    """Checks the values of services; each chart is read once, when the first service uses it."""

    def __init__(self, loader: Loader, processes: int = 1) -> None:
        """Begin with the files of a workspace, and how many processes share the budget of the run."""
        self._charts = ChartsAtHand(loader, processes)
        self._templates = loader.template
        self._told: set[str] = set()
        """What is told once for all services."""

    def problems(self, built: Built) -> Iterator[Diagnostic]:
        """Yield what is wrong with the values of a service in an environment, placed in the files that cause it."""
        chart, resolved = self._charts.find(built.origin), built.resolved
        other = self._charts.other(built.origin) if chart is None else None
        if other and other.pointer == _VERSION and _layer_of(built, _VERSION) is not _layer_of(built, _PATH):
            other = None  # a default for charts of a repository; `verify` holds the chart against it
        found = self._problems(built, chart) if chart else [(Severity.ERROR, other)] if other else ()
        for severity, problem in found:
            yield place(problem, severity, resolved.spec, resolved.environment, resolved.layers)

    def _problems(self, built: Built, chart: ChartAtHand) -> Iterator[tuple[Severity, Problem]]:
        if chart.refusal:
            yield (
                Severity.ERROR,
                Problem(NO_CHART, chart.at, f"the chart in {chart.origin} cannot be used: {chart.refusal}", "correct it"),
            )
        self._charts.budget.look()
        try:
            refused = (
                [] if "skipSchemaValidation" in built.origin.switches else list(_refused(built, chart, self._charts.budget))
            )
            inside = {inner.key for inner in chart.subcharts}
        except SpentError:
            yield from self._too_much(chart)
            return
        provenance = provenance_of(built, self._templates)  # one for all faults: it takes the values apart
        for one in refused[:_MOST_TOLD]:
            yield Severity.ERROR, _by_schema(one, provenance)
        if len(refused) > _MOST_TOLD:
            yield from self._unchecked(
                chart.at,
                f"the chart in {chart.origin} refuses more than {_MOST_TOLD} values; the others are not shown",
                "correct the values that are shown",
            )
        own = built.resolved.data.get("values") or {}
        if own and chart.lists_values:
            told = {(*one.at, *one.fault.path, one.fault.unknown) for one in refused}
            for unknown in chart.known.unknown(own):
                at = provenance.of_value(unknown.path)
                if at[1:] not in told:
                    yield Severity.WARNING, Problem(UNKNOWN_VALUE, at, *unknown.words(chart.origin), at_key=True)
        for problem in _other_types(own, chart, inside):
            yield Severity.WARNING, problem
        for problem in _idle_nulls(built.resolved.layers, chart.defaults):
            yield Severity.WARNING, problem

    def _refused(self, built: Built, chart: ChartAtHand) -> list[Refused]:
        """Return what is told of what the schemas of a chart refuse; raises SpentError."""
        if "skipSchemaValidation" in built.origin.switches:
            return []
        refused = list(islice(_refused(built, chart, self._charts.budget), _MOST_TOLD + 1))
        self._charts.budget.spend_apart(TOLD * len(refused))
        return refused

    def _too_much(self, chart: ChartAtHand) -> Iterator[tuple[Severity, Problem]]:
        """Yield what is not checked as a chart takes too much work, or as all of the run do."""
        who = "the charts of this run take" if self._charts.budget.is_spent else f"the chart in {chart.origin} takes"
        yield from self._unchecked(
            chart.at,
            f"not all values are checked, as {who} too much work",
            "check them with `tiphys verify`, or simplify values.schema.json and the dependencies of the chart",
        )

    def _unchecked(self, at: Pointer, message: str, hint: str) -> Iterator[tuple[Severity, Problem]]:
        """Yield a problem of a chart at the first service that has it."""
        if message not in self._told:
            self._told.add(message)
            yield Severity.WARNING, Problem(NOT_CHECKED, at, message, hint)


def _layer_of(built: Built, pointer: Pointer) -> Layer | None:
    """Return the layer that sets a field of a service."""
    return next((one.layer for one in origins(built.resolved.layers, pointer)), None)


def _by_schema(one: Refused, provenance: Provenance) -> Problem:
    inside = one.fault._replace(path=(*one.at, *one.fault.path))
    return refused_by_schema(inside, one.chart.origin, provenance, one.chart.known, FAILED, len(one.at))


def _refused(built: Built, chart: ChartAtHand, budget: Budget) -> Iterator[Refused]:
    """Yield what the schemas of a chart refuse in the values that Helm gets."""
    files = [document.data for document in built.documents if is_values(document)]
    values = merged([*map(chart.values_file, built.origin.value_files), *files])
    is_partial = built.documents[0].by_own_template  # which may add other values
    for one in _faults(chart, values, (), budget):
        if not (is_partial and one.fault.said.endswith(" is required")):
            yield one


def _faults(chart: ChartAtHand, given: Mapping[str, Any], at: ValuePath, budget: Budget) -> Iterator[Refused]:
    """Yield the faults of values, and of the parts of them that are for charts in the chart."""
    budget.spend(CHART)
    schema = chart.schema
    if not chart.subcharts and (schema is None or schema.accepts(given)):
        return
    values = _whole(chart, given, budget)
    for fault in schema.faults(values) if schema is not None else ():
        if not (at and fault.unknown == "global"):  # Helm adds it to the values of every chart in a chart
            yield Refused(chart, at, fault)
    for inner in chart.subcharts:
        part = values.get(inner.key)
        if isinstance(part, dict) and inner.is_on(values):
            yield from _faults(inner.chart, part, (*at, inner.key), budget)


def _whole(chart: ChartAtHand, given: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
    """Return values over the defaults of a chart, and of the charts in it."""
    budget.spend(CHART + SCHEMA * len(chart.base))
    values = coalesced(chart.base, given)
    for inner in chart.subcharts:
        part = values.get(inner.key, {})
        if isinstance(part, dict) and inner.is_on(values):
            values = {**values, inner.key: _whole(inner.chart, part, budget)}
    return values


def _other_types(own: Mapping[str, Any], chart: ChartAtHand, skipped: Collection[str]) -> Iterator[Problem]:
    """Yield the values that are a mapping and are not in the chart, or the reverse, where no schema knows better."""
    known = {key: value for key, value in own.items() if key not in skipped}
    for path in _differing(known, chart.defaults, ()):
        if chart.known.describes(path):
            continue
        here, there = (_kind(lookup(values, path)[1]) for values in (own, chart.defaults))
        name = ".".join(path)
        message = f"`{name}` is {here}, but {there} in the chart"
        hint = f"write what {chart.origin} has there, or keep its default"
        yield Problem(OTHER_TYPE, ("values", *path), message, hint)


def _differing(own: Any, defaults: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the highest places where one is a mapping and the other is not; of empty defaults, nothing is known."""
    for key in own.keys() & defaults.keys():
        here, there = own[key], defaults[key]
        if isinstance(here, dict) and isinstance(there, dict):
            yield from _differing(here, there, (*at, key))
        elif isinstance(here, dict) is not isinstance(there, dict) and there and here != "":
            yield (*at, key)


def _kind(value: Any) -> str:
    return TYPES["object"] if isinstance(value, dict) else TYPES["array"] if isinstance(value, list) else "a single value"


def _idle_nulls(layers: tuple[Layer, ...], defaults: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield each null that removes nothing but is meant to remove a default of the chart, as it does for Helm."""
    for number, layer in enumerate(layers):
        own = layer.data.get("values")
        if not (layer.source.has_nulls and isinstance(own, dict)):
            continue
        for path in _nulls(own, ()):
            there, default = lookup(defaults, path)
            below = any(lookup(one.data, ("values", *path))[0] for one in layers[:number])
            if there and default not in _NOTHING and not below:
                message = f"null does not remove the chart's default of `{dotted(path)}`: it is never written to the values"
                hint = 'write the value that switches it off in this chart, such as false, "" or {}, or remove the line'
                yield Problem(NULL, ("values", *path), message, hint, layer)


def _nulls(node: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, value in node.items():
        if value is None:
            yield (*at, key)
        elif isinstance(value, dict):
            yield from _nulls(value, (*at, key))
