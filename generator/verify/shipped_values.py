"""A quick yes for values of the shipped chart, which most services use: no chart is read for them, and little imported."""

from __future__ import annotations

from generator.service.build import Built
from generator.service.chart import ChartSource
from generator.syntax import semver
from generator.syntax.compiled import chart
from generator.syntax.schema.over_defaults import OverDefaults, coalesced
from generator.system.files.once import Once
from generator.workspace.load import Loader
from generator.workspace.model import SHIPPED, Document

_FILES = ("/values.yaml", "/rollout.yaml")


class ShippedValues:
    """Says whether nothing is wrong with the values of a service, as far as that is known without reading its chart."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._schema = OverDefaults(chart.SCHEMA, chart.DEFAULTS)
        self._shipped = Once[ChartSource, bool]()

    def accept(self, built: Built) -> bool:
        """Tell whether a service uses the shipped chart, whose schema lists every value, with values that it takes."""
        asked = built.origin
        if not self._shipped(asked, lambda: self._is_shipped(asked)) or asked.value_files:
            return False
        if any(layer.source.has_nulls and _holds_null(layer.data.get("values")) for layer in built.resolved.layers):
            return False
        values = [document.data for document in built.documents if is_values(document)]
        return self._schema.accepts(values[0] if len(values) == 1 else merged(values))

    def _is_shipped(self, asked: ChartSource) -> bool:
        if asked.name != SHIPPED or asked.path or asked.git or asked.is_own_repository:
            return False
        return semver.fits(chart.VERSION, asked.version) and not self._loader.exists(f"charts/{SHIPPED}/Chart.yaml")


def _holds_null(node: object) -> bool:
    return isinstance(node, dict) and any(value is None or _holds_null(value) for value in node.values())


def is_values(document: Document) -> bool:
    """Tell whether a generated file has values for a chart."""
    return document.path.endswith(_FILES) and "/manifests/" not in document.path


def merged(values: list[dict[str, object]]) -> dict[str, object]:
    """Return the values of several files, lowest first, as one."""
    found: dict[str, object] = {}
    for data in values:
        found = coalesced(found, data)
    return found
