"""Which versions the ranges of a matrix stand for now, as the chart repositories say."""

from __future__ import annotations

from generator.errors import ConfigError
from generator.history.fleet import Fleet
from generator.history.ledger.matrix import Behind, Cell, Matrix, Row
from generator.history.ranges import Ranges, range_of


def with_newest(fleet: Fleet, found: Matrix, ranges: Ranges) -> tuple[Matrix, list[str]]:
    """Return a matrix with the newest version of each range, and why some of them could not be found out."""
    reasons: dict[str, None] = {}
    specs = fleet.specs()

    def newest(row: Row, environment: str) -> str:
        spec, cell = specs.get(row.service), row.cells[environment]
        if spec is None or environment not in spec.environments or not cell.may_have_range:
            return ""
        stand = fleet.stand(spec, environment)
        if range_of(stand) != cell.version.chart_version:  # the working tree is not what is committed
            return ""
        try:
            return ranges.pinned(stand).pinned
        except ConfigError as error:
            reasons[error.message] = None
            return ""

    rows = []
    for row in found.rows:
        known = {name: newest(row, name) for name in row.cells}
        cells = {name: _told(cell._replace(newest=known[name]), known.get(cell.source, "")) for name, cell in row.cells.items()}
        rows.append(row._replace(cells=cells))
    return found._replace(rows=tuple(rows)), list(reasons)


def _told(cell: Cell, there: str) -> Cell:
    """Return a cell that has the chart of its source if that is the version that a range stands for there."""
    same = cell.behind is not None and cell.behind.other_chart and there and there == cell.version.chart_version
    return cell._replace(behind=Behind(cell.behind.releases)) if same and cell.behind else cell
