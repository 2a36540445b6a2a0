"""The schema of the values of a chart as an editor wants it: a part of the schema of a spec or environment.

A layer holds only some of the values, and null removes what is inherited, so that nothing is required in it and null
is allowed everywhere. What the chart's own schema does not describe is described by its values.yaml: the defaults, and
the comments in it. What several keys share is one definition: a small schema would become gigabytes otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from generator.editor.chart_comments import comments
from generator.editor.chart_descriptions import Descriptions
from generator.editor.portable_schema import Portable
from generator.errors import ConfigError
from generator.syntax.budget import SpentError
from generator.syntax.secrets.masking import masked
from generator.verify.chart_at_hand import ChartAtHand

_MOST_PARTS = 200_000
"""Parts of what is made, each a keyword, a value or 64 characters; it is printed with about 40 bytes for each."""


def with_values(document: Mapping[str, Any], chart: ChartAtHand | None) -> dict[str, Any]:
    """Return the schema of a spec or environment in which the values are those of a chart.

    Raises ConfigError if that were too large to be of use.
    """
    composed: dict[str, Any] = deepcopy(dict(document))
    if chart is None:
        return composed
    charts = _Charts()
    try:
        shape = {"$ref": charts.reference(chart)}
    except SpentError:
        raise ConfigError(
            f"the schema of the values of the chart in {chart.origin} is too large to describe them",
            "simplify its values.schema.json, its values.yaml and its dependencies",
        ) from None
    for properties in _free_values(composed):
        described = properties["values"]["description"]
        properties["values"] = {"allOf": [dict(shape)], "description": described, "type": ["object", "null"]}
    composed["definitions"] = {**composed["definitions"], **charts.definitions}
    return composed


def _free_values(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the properties of each layer that has values."""
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if isinstance(value, dict | list):
            yield from _free_values(value)
    values = node.get("values") if isinstance(node, dict) else None
    if isinstance(values, dict) and values.get("type") == ["object", "null"] and values.get("additionalProperties") is True:
        yield node


class _Charts:
    """The definitions of charts and of what their schemas refer to, each made once."""

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {}
        self._names: dict[int, str] = {}
        """The name of the definition of each chart, which lives as long as the chart at the top."""
        self._left = _MOST_PARTS

    def pay(self, parts: int) -> None:
        """Pay for parts that are about to be made; raises SpentError."""
        self._left -= parts
        if self._left < 0:
            raise SpentError

    def reference(self, chart: ChartAtHand) -> str:
        """Return a reference to the definition of a chart; raises SpentError."""
        name = self._names.get(id(chart))
        if name is None:
            number = len(self._names)
            name = self._names[id(chart)] = f"values.{number}" if number else "values"
            self.definitions[name] = self._shape(chart, name)
        return f"#/definitions/{name}"

    def _shape(self, chart: ChartAtHand, name: str) -> dict[str, Any]:
        portable = Portable(chart.known.schema or {}, name, self.definitions, self.pay)
        shape = portable.layer(chart.known.schema or {})
        shape = {"allOf": [shape]} if "$ref" in shape else shape
        Descriptions(portable, comments(chart.text("values.yaml"))).add(shape, masked(chart.defaults))
        for inner in chart.subcharts:
            self.pay(1)
            shape.setdefault("properties", {})[inner.key] = {"$ref": self.reference(inner.chart)}
        return shape
