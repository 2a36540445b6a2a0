"""The plans of a whole environment, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from generator.plan.forecast import Forecast
from generator.plan.model import Requests
from generator.report.plans import Canvas
from generator.report.plans.as_text import in_ascii
from generator.report.plans.words import duration, kind, resources
from generator.syntax.wording import counted

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def overview(forecasts: Sequence[Forecast], canvas: Canvas) -> str:
    """Return one line per service, and what all of them would need at once."""
    rows = [(_name(forecast), *cells(forecast)) for forecast in forecasts]
    lines = table(("service", "release", "replicas", "peak", "available", "takes"), rows, canvas)
    text = "\n".join([*lines, "", _total(forecasts)]) + "\n"
    return text if canvas.unicode else in_ascii(text)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], canvas: Canvas) -> list[str]:
    """Return the lines of a table that ends in what `cells` returns, below its heads."""
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    lines = [_line(heads, widths), *(_line(row, widths) for row in rows)]
    if canvas.color:
        lines[0] = f"{_BOLD}{lines[0]}{_PLAIN}"
    return lines


def _name(forecast: Forecast) -> str:
    return f"{forecast.service} ({forecast.destination})" if forecast.destination else forecast.service


def cells(forecast: Forecast) -> tuple[str, ...]:
    """Return what a line says of a release: its kind, replicas, pods at the peak and at the lowest, and its time."""
    plan, least = forecast.plan, forecast.least
    count = f"{least.replicas}–{plan.replicas}" if forecast.autoscaled else str(plan.replicas)
    pods = ("-", "-") if plan.refused else (str(plan.peak), str(plan.floor))
    return (kind(plan), count, *pods, duration(plan))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    left, right = cells[:-4], cells[-4:-1]
    texts = [f"{cell:{width}}" for cell, width in zip(left, widths, strict=False)]
    texts += [f"{cell:>{width}}" for cell, width in zip(right, widths[-4:-1], strict=True)]
    return "  ".join([*texts, cells[-1]]).rstrip()


def _total(forecasts: Sequence[Forecast]) -> str:
    settled = sum(forecast.plan.replicas for forecast in forecasts)
    peak = sum(forecast.plan.peak for forecast in forecasts)
    asked = [(forecast.requests, forecast.plan.peak) for forecast in forecasts if forecast.requests]
    total = Requests(
        sum(requests.cpu * pods for requests, pods in asked if requests.cpu is not None),
        sum(requests.memory * pods for requests, pods in asked if requests.memory is not None),
    )
    services = len({forecast.service for forecast in forecasts})
    text = f"{counted(services, 'service')}, {counted(settled, 'pod')}; {peak:,} if all are released at once"
    if not asked:
        return text
    silent = len(forecasts) - len(asked)
    return f"{text}, {resources(total, 1)}" + (f" ({silent} without resources)" if silent else "")
