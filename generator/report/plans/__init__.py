"""Plans, in the form that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.plan.forecast import Forecast

FORMATS = ("text", "json", "svg", "mermaid")


class Canvas(NamedTuple):
    """What there is to write on: columns, colour, and more letters than ASCII."""

    width: int = 80
    color: bool = False
    unicode: bool = True


def render(forecast: Forecast, form: str, canvas: Canvas) -> str:
    """Return the plan of one service as text that ends in a newline."""
    if form == "json":
        from generator.report.plans.as_json import as_json

        return as_json(forecast)
    if form == "svg":
        from generator.report.plans.as_svg import as_svg

        return as_svg(forecast)
    if form == "mermaid":
        from generator.report.plans.as_mermaid import as_mermaid

        return as_mermaid(forecast)
    from generator.report.plans.as_text import as_text

    return as_text(forecast, canvas)


def render_waves(forecasts: Sequence[Forecast], form: str, canvas: Canvas) -> str:
    """Return the plans of one service in all destinations of an environment, as text or as JSON."""
    if form == "json":
        from generator.report.plans.as_json import waves_as_json

        return waves_as_json(forecasts)
    from generator.report.plans.waves import waves_as_text

    return waves_as_text(forecasts, canvas)


def render_all(forecasts: Sequence[Forecast], form: str, canvas: Canvas) -> str:
    """Return the plans of an environment: one line each as text, or all of them as JSON."""
    if form == "json":
        from generator.report.plans.as_json import all_as_json

        return all_as_json(forecasts)
    from generator.report.plans.overview import overview

    return overview(forecasts, canvas)
