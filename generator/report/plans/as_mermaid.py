"""A plan as a Mermaid gantt chart, for Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from generator.plan.forecast import Forecast
from generator.plan.model import Plan, Stage
from generator.plan.steps import percent
from generator.plan.timeline import Kind, kind
from generator.report.as_text import printable
from generator.report.plans.words import kind as what
from generator.report.plans.words import replicas, takes
from generator.syntax.durations import spoken

UNKNOWN = 60
"""Seconds drawn for unknown times: pod starts and manual promotions."""


def as_mermaid(forecast: Forecast) -> str:
    """Return the plan as a gantt chart; times count from its start, what is not known takes a minute."""
    plan = forecast.plan
    lines = [
        "gantt",
        f"  title {_words(f'{forecast.service} in {forecast.environment}, {what(plan)}, {replicas(forecast)}')}",
        "  dateFormat YYYY-MM-DD HH:mm:ss",
        "  axisFormat %H:%M",
        *_bars(plan),
    ]
    return "\n".join(lines) + "\n"


def _bars(plan: Plan) -> Iterator[str]:
    """Yield a section for each level of the traffic, with its stages as bars, each after the one before."""
    for reason in plan.refused:
        yield f"  {_words(f'refused by Argo Rollouts, {reason}')} :crit, {_START}, {UNKNOWN}s"
    start, section = _START, ""
    for number, stage in enumerate(plan.all_stages):
        level = percent(round(stage.reached, 1), plan.whole)
        if level != section:
            yield f"  section {_words(level)}"
            section = level
        yield f"  {_title(stage)} :{_look(stage)}stage{number}, {start}, {_seconds(stage)}s"
        start = f"after stage{number}"


_START = "2000-01-01 00:00:00"
"""Any midnight: the axis shows the time of the day only."""


def _seconds(stage: Stage) -> int:
    which = kind(stage)
    if which is Kind.TIMED:
        return max(1, round(stage.wait.least))
    return 1 if which is Kind.INSTANT else UNKNOWN


def _title(stage: Stage) -> str:
    which = kind(stage)
    number = "" if stage.number is None else f"{stage.number} "
    said = (
        ""
        if which is Kind.INSTANT or (which is Kind.TIMED and spoken(stage.wait.least) in stage.title)
        else f", {takes(stage)}"
    )
    return _words(f"{number}{stage.title}{'' if stage.manual else said}")


def _look(stage: Stage) -> str:
    """Return how a bar is marked: what waits for a person or never ends, and what is over in no time."""
    if stage.manual or stage.never:
        return "crit, "
    return "active, " if stage.run is not None else "milestone, " if kind(stage) is Kind.INSTANT else ""


def _words(words: str) -> str:
    """Return text without the letters that mean something to Mermaid."""
    return "".join(" " if letter in _GRAMMAR else letter for letter in printable(words)).strip() or "unnamed"


_GRAMMAR = "#:;`<>{}"
