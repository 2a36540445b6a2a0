"""The plan of a release over all destinations of an environment: what each wave costs, and all of them in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.plan.forecast import Forecast
from generator.plan.waves import Wave, waves_of, whole_wait
from generator.report.plans import Canvas
from generator.report.plans.as_text import in_ascii
from generator.report.plans.overview import cells, table
from generator.report.plans.words import ends_never, time_of
from generator.syntax.wording import counted


def waves_as_text(forecasts: Sequence[Forecast], canvas: Canvas) -> str:
    """Return one line per destination, what each wave takes, and the whole."""
    waves, first = waves_of(forecasts), forecasts[0]
    destinations = counted(len(forecasts), "destination")
    order = f"in {len(waves)} waves, one after the other" if len(waves) > 1 else "all at once"
    rows = [(str(wave.number), one.destination, *cells(one)) for wave in waves for one in wave.forecasts]
    lines = [f"{first.service} in {first.environment_name}: {destinations} {order}", ""]
    lines += table(("wave", "destination", "release", "replicas", "peak", "available", "takes"), rows, canvas)
    lines += ["", *(_wave(wave) for wave in waves)] if len(waves) > 1 else [""]
    lines += [_whole(waves), f"for the steps of one destination, add --destination {first.destination}"]
    text = "\n".join(lines) + "\n"
    return text if canvas.unicode else in_ascii(text)


def _wave(wave: Wave) -> str:
    names = ", ".join(forecast.destination for forecast in wave.forecasts)
    return f"wave {wave.number} ({names}) {_time([wave])}; peak {counted(wave.peak, 'pod')}"


def _whole(waves: Sequence[Wave]) -> str:
    whole = f"the release {_time(waves)}"
    return f"{whole}, not counting what Argo CD needs to notice each wave" if len(waves) > 1 else whole


def _time(waves: Sequence[Wave]) -> str:
    plans = [forecast.plan for wave in waves for forecast in wave.forecasts]
    if any(plan.refused for plan in plans):
        return "is refused by Argo Rollouts"
    if any(map(ends_never, plans)):
        return "never ends on its own"
    return time_of(whole_wait(waves), sum(len(plan.gates) for plan in plans))


def waves_as_data(forecasts: Sequence[Forecast], plans: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the same for programs; `plans` are those of the forecasts, in their order."""
    by_name = dict(zip((forecast.destination for forecast in forecasts), plans, strict=True))
    waves = waves_of(forecasts)
    return {
        "version": 1,
        "service": forecasts[0].service,
        "environment": forecasts[0].environment_name,
        "waves": [
            {
                "wave": wave.number,
                "destinations": [forecast.destination for forecast in wave.forecasts],
                "plannedSeconds": _seconds([wave]),
                "peakPods": wave.peak,
                "plans": [by_name[forecast.destination] for forecast in wave.forecasts],
            }
            for wave in waves
        ],
        "plannedSeconds": _seconds(waves),
        "manualGates": sum(len(forecast.plan.gates) for forecast in forecasts),
    }


def _seconds(waves: Sequence[Wave]) -> dict[str, Any]:
    wait = whole_wait(waves)
    return {"min": int(wait.least), "max": None if wait.most is None else int(wait.most)}
