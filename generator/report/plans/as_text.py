"""A plan for people at a terminal: a table, a drawing, and what to know about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from generator.plan.abort import Abort, last_stage
from generator.plan.forecast import Forecast
from generator.plan.model import Stage
from generator.plan.steps import percent
from generator.report.as_text import printable
from generator.report.plans import Canvas
from generator.report.plans.drawing import draw
from generator.report.plans.words import SIDES, at_worst, capacity, kind, replicas, simulated, takes, time_needed
from generator.syntax.durations import spoken
from generator.syntax.wording import counted

_BOLD, _YELLOW, _RED, _PLAIN = "\x1b[1m", "\x1b[33m", "\x1b[31m", "\x1b[0m"
_TAKES = 12
"""Columns for the last column, two of them its gap."""
_NARROWEST_TITLE = 12


def as_text(forecast: Forecast, canvas: Canvas) -> str:
    """Return the plan of one service."""
    parts = [
        list(_head(forecast, canvas)),
        [] if forecast.plan.refused else list(_table(forecast, canvas)),
        [] if forecast.plan.first or forecast.plan.refused else draw(forecast, canvas),
        list(_summary(forecast, canvas)),
        list(_listed("besides the service, not counted above", [item.sentence for item in forecast.additions], canvas)),
        list(_listed("not known in advance", forecast.unknowns, canvas)),
        list(_abort(forecast.abort, forecast.rollout, canvas)) if forecast.abort else [],
        [] if forecast.plan.first else list(_listed("rolling back", forecast.rollback.sentences, canvas)),
    ]
    text = "\n\n".join("\n".join(part) for part in parts if part) + "\n"
    return text if canvas.unicode else in_ascii(text)


def in_ascii(text: str) -> str:
    """Return text without the few letters of ours that a poor terminal does not have."""
    return text.translate({ord("–"): "-", ord("≥"): ">=", ord("…"): "...", ord("×"): "x"})


def _painted(text: str, color: str, canvas: Canvas) -> str:
    return f"{color}{text}{_PLAIN}" if canvas.color and color else text


def _head(forecast: Forecast, canvas: Canvas) -> Iterator[str]:
    name = _painted(f"{forecast.service} in {forecast.environment}", _BOLD, canvas)
    yield f"{name}: {kind(forecast.plan)}, {replicas(forecast)}"
    for text in forecast.warnings:
        first, *rest = wrap(f"warning: {printable(text)}", _width(canvas), break_on_hyphens=False)
        yield from (_painted(line, _RED, canvas) for line in (first, *rest))


def _table(forecast: Forecast, canvas: Canvas) -> Iterator[str]:
    plan = forecast.plan
    heads, rows = numbers(forecast)
    widths = [max(len(row[place]) for row in [heads, *rows]) + 2 for place in range(len(heads))]
    longest = max((len(stage.title) for stage in plan.all_stages), default=0)
    room = canvas.width - 4 - sum(widths) - _TAKES
    if room < longest:
        widths = [width - 1 for width in widths]
        room += len(widths)
    title = max(_NARROWEST_TITLE, min(room, longest))
    yield _painted(f"    {'':{title}}{_row(heads, widths)}  takes", _BOLD, canvas)
    last = last_stage(plan)  # what can be aborted has a number
    for place, (stage, row) in enumerate(zip(plan.all_stages, rows, strict=True)):
        index = str(place) if place <= last and place < len(plan.stages) else ""
        color = _RED if stage.never else _YELLOW if stage.manual else ""
        name = _cut(printable(stage.title), title)
        yield f"{index:>2}  {name:{title}}{_row(row, widths)}  {_painted(takes(stage), color, canvas)}"


def numbers(forecast: Forecast) -> tuple[list[str], list[list[str]]]:
    """Return the heads of the table, and the numbers of every stage."""
    plan = forecast.plan
    heads = [*(["weight", "reached"] if plan.kind == "canary" else ["traffic"]), *SIDES[plan.kind], "total", "peak"]
    worst = [at_worst(plan, stage) for stage in plan.all_stages]
    fewest = forecast.least.all_stages if len(forecast.least.all_stages) == len(plan.all_stages) else plan.all_stages
    traffic_only = plan.kind != "canary"
    stages = zip(fewest, plan.all_stages, strict=True)
    rows = [_cells(low, high, plan.whole, traffic_only=traffic_only) for low, high in stages]
    if not any(worst):
        return heads, rows
    return [*heads, "at worst"], [[*row, text] for row, text in zip(rows, worst, strict=True)]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _cells(low: Stage, high: Stage, whole: int, *, traffic_only: bool) -> list[str]:
    """Return the numbers of a stage, as a range where they depend on the replicas."""
    weights = [] if traffic_only else [_share(high.weight, whole)]
    reached = {_share(low.reached, whole): None, _share(high.reached, whole): None}
    numbers = ((low.pods.canary, high.pods.canary), (low.pods.stable, high.pods.stable), (low.total, high.total))
    pods = [_range(first, last) for first, last in (*numbers, (low.peak, high.peak))]
    return [*weights, "–".join(text.removesuffix(" %") for text in reached) if len(reached) > 1 else next(iter(reached)), *pods]


def _share(weight: float, whole: int) -> str:
    return percent(weight) if whole == 100 else f"{weight:g}"


def _range(low: int, high: int) -> str:
    return str(high) if low == high else f"{low}–{high}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _summary(forecast: Forecast, canvas: Canvas) -> Iterator[str]:
    plan = forecast.plan
    yield _painted(capacity(forecast), _BOLD, canvas)
    if not plan.first and not plan.refused:
        yield time_needed(plan)
    if simulated(plan):
        yield from wrap(simulated(plan), _width(canvas))
    if forecast.requests is None:
        yield "the requests of a pod are unknown: the values set no resources"
    if plan.whole != 100:
        yield f"weights are out of {plan.whole} (maxTrafficWeight)"
    for remark in forecast.remarks:
        yield from _item(remark, canvas)


def _listed(title: str, items: Sequence[str], canvas: Canvas) -> Iterator[str]:
    if items:
        yield _painted(f"{title}:", _BOLD, canvas)
    for item in items:
        yield from _item(item, canvas)


def _item(text: str, canvas: Canvas) -> Iterable[str]:
    return wrap(printable(text), _width(canvas), initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)


def _width(canvas: Canvas) -> int:
    return max(40, min(canvas.width, 120))


def _abort(abort: Abort, rollout: str, canvas: Canvas) -> Iterator[str]:
    yield _painted(f"aborted at step {abort.at}, {printable(abort.title)}:", _BOLD, canvas)
    for event in abort.events:
        when = "then" if event.after is None else f"+{spoken(event.after)}"
        yield from wrap(event.what, _width(canvas), initial_indent=f"{when:>6}  ", subsequent_indent=" " * 8)
        yield f"{'':>6}  = {percent(event.weight)} of the traffic on {event.pods.canary} new pods, {event.pods.stable} old pods"
    yield from _item(f"at most {counted(abort.peak, 'pod')}, at least {abort.floor} available", canvas)
    yield from _item("it stays Degraded until the spec changes or the rollout is retried", canvas)
    yield from _item(f"to abort: kubectl argo rollouts abort {rollout}", canvas)
