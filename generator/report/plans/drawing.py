"""A plan drawn with letters: traffic over time, and the pods below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from generator.plan.forecast import Forecast
from generator.plan.timeline import Kind, Segment, layout
from generator.report.plans import Canvas
from generator.report.plans.words import takes

HEIGHT = 5
POD_HEIGHT = 3
MARGIN = 7
"""Columns for the numbers on the left."""
WIDEST = 140

_LEAST = {Kind.OUTSIDE: 2.0, Kind.INSTANT: 0.5, Kind.PODS: 2.0, Kind.TIMED: 3.0, Kind.GATE: 10.0, Kind.OPEN: 10.0}
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_BLUE, _YELLOW, _GREY, _PLAIN = "\x1b[36m", "\x1b[33m", "\x1b[90m", "\x1b[0m"


def draw(forecast: Forecast, canvas: Canvas) -> list[str]:
    """Return the lines of the drawing."""
    plan = forecast.plan
    columns = min(canvas.width, WIDEST) - MARGIN - 1
    segments = layout(plan, columns, _LEAST)
    spans = [(round(segment.start), round(segment.end), segment) for segment in segments]
    column = [segment for start, end, segment in spans for _ in range(start, end)]
    shares = [segment.share((place + 0.5) / (end - start)) for start, end, segment in spans for place in range(end - start)]
    busy = [segment.moving or segment.stage.action == "scaleDown" for segment in column]
    counts = [segment.stage.peak if moving else segment.stage.total for moving, segment in zip(busy, column, strict=True)]
    pods = [count / max(plan.peak, 1) for count in counts]
    sent = [None if segment.overload is None else segment.overload.weight / plan.whole for segment in column]
    lines = [*_band(shares, column, HEIGHT, ("100 %", "50 %", "0 %"), canvas, sent), _marks(spans, columns, canvas)]
    if any(share is not None for share in sent):
        lines.append(f"{'':{MARGIN}}! = sent at worst, to too few pods")
    top, middle = str(plan.peak), "pods"
    return [*lines, *_band(pods, column, POD_HEIGHT, (top, middle, "0"), canvas)]


def _band(
    shares: Sequence[float],
    column: Sequence[Segment],
    height: int,
    labels: tuple[str, str, str],
    canvas: Canvas,
    sent: Sequence[float | None] = (),
) -> Iterator[str]:
    """Yield a bar per column, from top to bottom, with labels next to the first, middle and last line.

    `sent` are the shares to mark, those that are sent to too few pods.
    """
    beside = {height - 1: labels[0], height // 2: labels[1], 0: labels[2]}
    for row in range(height - 1, -1, -1):
        cells = [_cell(share * height - row, segment, canvas) for share, segment in zip(shares, column, strict=True)]
        for place, share in enumerate(sent):
            if share is not None and row == max(0, ceil(share * height) - 1):
                cells[place] = "!"
        line = f"{beside.get(row, ''):>{MARGIN - 1}} {_painted(cells, column, canvas)}"
        yield line.rstrip()


def _cell(level: float, segment: Segment, canvas: Canvas) -> str:
    """Return what fills a cell: how much of it is below the level."""
    waiting = segment.kind in (Kind.GATE, Kind.OPEN)
    if not canvas.unicode:
        return " " if level < 0.25 else "=" if waiting else "#"
    if waiting and level >= 1:
        return "▒"
    return _EIGHTHS[max(0, min(8, round(level * 8)))]


def _painted(cells: Sequence[str], column: Sequence[Segment], canvas: Canvas) -> str:
    """Return the cells as text, stretches that wait for something in another colour."""
    if not canvas.color:
        return "".join(cells)
    text, current = "", ""
    for cell, segment in zip(cells, column, strict=True):
        color = "" if cell == " " else {Kind.GATE: _YELLOW, Kind.OPEN: _YELLOW, Kind.OUTSIDE: _GREY}.get(segment.kind, _BLUE)
        if color != current:
            text += (_PLAIN if current else "") + color
            current = color
        text += cell
    return text + (_PLAIN if current else "")


def _marks(spans: Sequence[tuple[int, int, Segment]], columns: int, canvas: Canvas) -> str:
    """Return what each stretch takes, where there is room for it; a diamond where an analysis runs."""
    line = [" "] * columns
    free = 0
    for start, end, segment in spans:
        if segment.kind in (Kind.OUTSIDE, Kind.INSTANT, Kind.PODS) and segment.stage.run is None:
            continue
        diamond = ("◆ " if canvas.unicode else "* ") if segment.stage.run is not None else ""
        for text in (diamond + takes(segment.stage), diamond.strip()):
            at = max(start, start + (end - start - len(text)) // 2)
            if text and at >= free and len(text) <= max(end - start, 1) and at + len(text) <= columns:
                line[at : at + len(text)] = text
                free = at + len(text) + 1
                break
    return f"{'':{MARGIN}}{''.join(line)}".rstrip()
