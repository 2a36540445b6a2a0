"""The matrix of services and environments, as a table, JSON or CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from generator.history.images import listed
from generator.history.ledger.matrix import Cell, Matrix, Row
from generator.report.releases import ISO, TIME, every_image, images_cell, since, version_json
from generator.report.table import as_csv, as_json, table
from generator.syntax.commit_ids import short_id

if TYPE_CHECKING:
    from generator.history.windows import WindowState

COLUMNS = (
    "service", "team", "environment", "imageTag", "imageDigest", "chartName", "chartVersion", "since", "commit", "author",
    "promotedFrom", "behind", "uncommitted", "images", "window", "windowUntil", "chartNewest",
)  # fmt: skip


def matrix_table(matrix: Matrix, width: int) -> str:
    """Return a line per service and environment; with a width, for people, a service is named on its first line alone."""
    teams = any(row.team for row in matrix.rows)
    has_images = any(cell.version.images for row in matrix.rows for cell in row.cells.values())
    lines = []
    for row in matrix.rows:
        for name in matrix.environments:
            cell = row.cells.get(name)
            if cell is None and name not in row.uncommitted:
                continue
            first = name == _first(row, matrix)
            head = [row.service if first or not width else "", *([row.team if first or not width else ""] if teams else [])]
            image, *rest = _cells(row, name, cell, complete=matrix.complete)
            images = [images_cell(cell.version if cell else None)] if has_images else []
            lines.append([*head, name, image, *images, *rest])
    images = ["images"] if has_images else []
    header = ["service", *(["team"] if teams else []), "env", "image", *images, "chart", "since (UTC)", "by", "commit", ""]
    return table(header, lines, width)


def _first(row: Row, matrix: Matrix) -> str:
    return next(name for name in matrix.environments if name in row.cells or name in row.uncommitted)


def _cells(row: Row, environment: str, cell: Cell | None, *, complete: bool) -> list[str]:
    waiting = ["not committed"] if environment in row.uncommitted else []
    if cell is None:
        return ["", "", "", "", "", *waiting]
    version = cell.version
    image = version.image_tag or version.digest[:19] or "–"
    notes = [note for note in (behind(cell, complete=complete),) if note] + waiting
    when = since(cell.since, TIME, at_boundary=cell.at_boundary)
    chart = f"{version.chart_version} (now {cell.newest})" if cell.newest else version.chart_version
    return [image, chart, when, cell.since.author.name, short_id(cell.since.id), ", ".join(notes)]


def behind(cell: Cell, *, complete: bool) -> str:
    """Return how a cell stands to the environment it is promoted from, in words; empty at the start of the chain.

    Without the `complete` history, a release that is not found there may have been there before.
    """
    if not cell.source:
        return ""
    if cell.behind is None:
        return f"never in {cell.source}" if complete else f"behind {cell.source}: unknown"
    number, other_chart = cell.behind
    if number:
        words = rolled_back(cell)
        return f"behind {cell.source} by {number}{words and f', {words}'}"
    return f"chart not as in {cell.source}" if other_chart else ""


def rolled_back(cell: Cell) -> str:
    """Return from what a release that is behind was rolled back, in words; empty if it was not."""
    before = cell.rolled_back_from
    if before is None:
        return ""
    if before.has_images_of(cell.version):
        return f"rolled back from chart {before.chart_version}"
    return f"rolled back from {every_image(before)}"


def matrix_json(matrix: Matrix, windows: Sequence[WindowState] = ()) -> str:
    """Return the matrix as one versioned JSON object, which only ever grows."""
    data: dict[str, Any] = {
        "version": 1,
        "source": "declared in Git, not what runs in the cluster",
        "complete": matrix.complete,
        "environments": list(matrix.environments),
        "services": [
            {
                "service": row.service,
                "team": row.team or None,
                "spec": row.path or None,
                "environments": {name: _cell(cell) for name, cell in row.cells.items()},
                "uncommitted": sorted(row.uncommitted),
            }
            for row in matrix.rows
        ],
        "windows": _windows_json(windows),
    }
    return as_json(data)


def _cell(cell: Cell) -> dict[str, Any]:
    version, landed = cell.version, cell.since
    return {
        **version_json(version),
        "since": landed.date(ISO) or None,
        "commit": landed.id,
        "author": {"name": landed.author.name, "email": landed.author.email},
        "atBoundary": cell.at_boundary,
        "promotedFrom": cell.source or None,
        "behind": cell.behind.releases if cell.behind else None,
        "otherChart": bool(cell.behind and cell.behind.other_chart),
        "chartNewest": cell.newest or None,
        "rolledBackFrom": version_json(cell.rolled_back_from) if cell.rolled_back_from else None,
    }


def matrix_csv(matrix: Matrix, windows: Sequence[WindowState] = ()) -> str:
    """Return a line per service and environment, with a header."""
    said = {(service, state.environment): state for state in windows for service in state.services}
    return as_csv(COLUMNS, (line for row in matrix.rows for line in _lines(row, matrix, said)))


def _lines(row: Row, matrix: Matrix, windows: Mapping[tuple[str, str], WindowState]) -> list[list[str]]:
    lines = []
    for name in matrix.environments:
        cell = row.cells.get(name)
        if cell is not None:
            landed = [cell.since.date(ISO), cell.since.id, cell.since.author.name, cell.source]
            number = str(cell.behind.releases) if cell.behind else ""
            waiting = "yes" if name in row.uncommitted else ""
            images = listed(cell.version.images)
            window = _window_cells(windows.get((row.service, name)))
            lines.append(
                [row.service, row.team, name, *cell.version[:4], *landed, number, waiting, images, *window, cell.newest]
            )
    return lines


def _windows_json(windows: Sequence[WindowState]) -> list[dict[str, Any]]:
    if not windows:
        return []
    from generator.report.windows import windows_json  # few workspaces have any, and time zones take time to load

    return windows_json(windows)


def _window_cells(state: WindowState | None) -> list[str]:
    if state is None:
        return ["", ""]
    from generator.report.windows import cells

    return cells(state)
