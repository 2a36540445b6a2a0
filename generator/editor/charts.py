"""The chart that the values at a place of a file are for, also while the text there is incomplete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.service.chart import chart_of
from generator.syntax.merge import lookup
from generator.syntax.reader import Source, try_parse
from generator.verify.chart_at_hand import ChartAtHand
from generator.verify.charts_at_hand import ChartsAtHand
from generator.workspace.model import Environment, Resolved, ServiceSpec

_OVERLAYS = ("spec", "environments")


def chart_at(
    kind: str, text: str, line: int, pointer: Pointer, environments: Mapping[str, Environment], charts: ChartsAtHand
) -> ChartAtHand | None:
    """Return the chart whose values are at a pointer of a spec or environment; None if it is not at hand."""
    source = _readable(text, line)
    data = source.data if source is not None and isinstance(source.data, dict) else {}
    if source is None:
        return None
    environment = _environment(kind, data, pointer, environments)
    if environment is None and kind == "environment" and isinstance(data.get("spec"), dict):
        environment = Environment("", source, _usable_spec(data["spec"]))  # an abstract one, or one at fault
    if environment is None:
        return None
    chart = _merged(_charts(kind, data, environment))
    if not isinstance(chart.get("name"), str):
        return None
    return charts.find(chart_of(Resolved("", environment, ServiceSpec("", source), {"chart": chart}, (), {})))


def _readable(text: str, line: int) -> Source | None:
    """Return a text that can be read, if need be without the line that is being written."""
    source, _ = try_parse("", text.encode("utf-8"))
    if source is None or not isinstance(source.data, dict):
        lines = text.split("\n")
        lines[line - 1 : line] = [""]
        source, _ = try_parse("", "\n".join(lines).encode("utf-8"))
    return source


def _environment(
    kind: str, data: Mapping[str, Any], pointer: Pointer, environments: Mapping[str, Environment]
) -> Environment | None:
    if kind == "environment":
        return environments.get(str(lookup(data, ("metadata", "name"))[1]))
    named = lookup(data, _OVERLAYS)[1]
    names = [pointer[2]] if pointer[:2] == _OVERLAYS and len(pointer) > 2 else named if isinstance(named, dict) else ()
    return next((environments[str(name)] for name in (*names, *environments) if str(name) in environments), None)


def _usable_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec of an environment that was not validated, with as much of its chart as has the right types."""
    return {**spec, "chart": _usable(spec.get("chart"))}


def _usable(chart: Any) -> dict[str, Any]:
    """Return the fields of a chart that have the right types: what is being written has any."""
    if not isinstance(chart, dict):
        return {}
    texts = {key: value for key, value in chart.items() if isinstance(value, str)}
    files = chart.get("valueFiles")
    return {**texts, "valueFiles": [one for one in files if isinstance(one, str)]} if isinstance(files, list) else texts


def _charts(kind: str, data: Mapping[str, Any], environment: Environment) -> Iterator[Any]:
    """Yield what each layer says of the chart, lowest first."""
    yield {key: value for key, value in (environment.spec.get("chart") or {}).items() if key in ("name", "version")}
    yield lookup(environment.spec, ("defaults", "chart"))[1]
    if kind == "pipeline":
        yield lookup(data, ("spec", "chart"))[1]
        yield lookup(data, (*_OVERLAYS, environment.name, "chart"))[1]


def _merged(layers: Iterator[Any]) -> dict[str, Any]:
    chart: dict[str, Any] = {}
    for layer in map(_usable, layers):
        if layer.get("name") not in (None, chart.get("name")):
            chart = {}
        chart |= layer
    return chart
