"""A release that reaches the destinations of an environment in waves, one wave after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from generator.plan.forecast import Forecast
from generator.plan.model import NONE, Wait


class Wave(NamedTuple):
    """The destinations that a release reaches at once."""

    number: int
    """From 1."""
    forecasts: tuple[Forecast, ...]

    @property
    def wait(self) -> Wait:
        """How long the wave takes: as long as its slowest destination."""
        return slowest([forecast.plan.wait for forecast in self.forecasts])

    @property
    def peak(self) -> int:
        """The pods of all destinations of the wave at their peaks."""
        return sum(forecast.plan.peak for forecast in self.forecasts)


def slowest(waits: Sequence[Wait]) -> Wait:
    """Return how long several waits take that begin at once."""
    most = [wait.most for wait in waits if wait.most is not None]
    return Wait(max(wait.least for wait in waits), max(most) if len(most) == len(waits) else None)


def waves_of(forecasts: Iterable[Forecast]) -> list[Wave]:
    """Return the waves of one service in one environment, in their order."""
    found: dict[int, list[Forecast]] = {}
    for forecast in forecasts:
        found.setdefault(forecast.wave, []).append(forecast)
    return [Wave(wave + 1, tuple(found[wave])) for wave in sorted(found)]


def whole_wait(waves: Iterable[Wave]) -> Wait:
    """Return how long all waves take, one after the other."""
    total = NONE
    for wave in waves:
        total = total.then(wave.wait)
    return total
