"""The releases of a set of services: in an order of stages, or all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from generator.plan.forecast import Forecast
from generator.plan.model import NONE, Requests, Wait
from generator.plan.waves import slowest, waves_of, whole_wait


class Load(NamedTuple):
    """Pods, and what they request; CPU in cores and memory in bytes, of those pods whose values set it."""

    pods: int = 0
    cpu: float = 0
    memory: float = 0

    def plus(self, other: Load) -> Load:
        """Return the sum of two loads."""
        return Load(self.pods + other.pods, self.cpu + other.cpu, self.memory + other.memory)

    @property
    def requests(self) -> Requests:
        """What all of it requests."""
        return Requests(self.cpu, self.memory)


class Gate(NamedTuple):
    """A step that waits for a manual promotion."""

    service: str
    destination: str
    step: int | None
    """The number of the step in the spec; None for what waits without a step."""
    title: str
    rollout: str
    """The name of the Rollout, for the command."""


class Release(NamedTuple):
    """The release of one service, in all destinations of the environment."""

    service: str
    forecasts: tuple[Forecast, ...]

    @property
    def wait(self) -> Wait:
        """How long it takes: one wave of destinations after the other."""
        return whole_wait(waves_of(self.forecasts))

    @property
    def is_refused(self) -> bool:
        """Whether Argo Rollouts refuses it."""
        return any(forecast.plan.refused for forecast in self.forecasts)

    @property
    def settled(self) -> Load:
        """What it needs before and after."""
        return _sum(_load(forecast, forecast.plan.replicas) for forecast in self.forecasts)

    @property
    def more(self) -> Load:
        """What it needs on top of that at its peak, in the wave of destinations that needs most."""
        waves = [
            _sum(_load(forecast, max(0, forecast.plan.peak - forecast.plan.replicas)) for forecast in wave.forecasts)
            for wave in waves_of(self.forecasts)
        ]
        return _most(waves)

    @property
    def gates(self) -> list[Gate]:
        """The steps that need people."""
        return [
            Gate(self.service, forecast.destination, stage.number, stage.title, forecast.rollout)
            for forecast in self.forecasts
            for stage in forecast.plan.all_stages
            if stage.manual
        ]


class SetPlan(NamedTuple):
    """The releases of a set: each stage begins when the ones before it are done."""

    environment: str
    stages: tuple[tuple[Release, ...], ...]

    @property
    def releases(self) -> list[Release]:
        """All releases, in their order."""
        return [release for stage in self.stages for release in stage]

    @property
    def in_order(self) -> Wait:
        """How long all stages take, one after the other."""
        total = NONE
        for stage in self.stages:
            total = total.then(slowest([release.wait for release in stage]))
        return total

    @property
    def at_once(self) -> Wait:
        """How long all releases take that begin at the same time."""
        return slowest([release.wait for release in self.releases])

    @property
    def settled(self) -> Load:
        """What all services need before and after."""
        return _sum(release.settled for release in self.releases)

    @property
    def peak_in_order(self) -> Load:
        """The most that all services need at once, if one stage is released after the other."""
        return self.settled.plus(_most([_sum(release.more for release in stage) for stage in self.stages]))

    @property
    def peak_at_once(self) -> Load:
        """The most that all services need at once, if all are released at the same time."""
        return self.settled.plus(_sum(release.more for release in self.releases))

    @property
    def gates(self) -> list[Gate]:
        """The steps that need people, in the order of the stages."""
        return [gate for release in self.releases for gate in release.gates]

    @property
    def silent(self) -> list[str]:
        """The services whose values set no requests."""
        return [one.service for one in self.releases if any(forecast.requests is None for forecast in one.forecasts)]


def set_plan(environment: str, forecasts: Iterable[Forecast], stages: Sequence[Sequence[str]]) -> SetPlan:
    """Return the plan of a set from the forecasts of its services and the names in each stage."""
    by_service: dict[str, list[Forecast]] = {}
    for forecast in forecasts:
        by_service.setdefault(forecast.service, []).append(forecast)
    found = (tuple(Release(name, tuple(by_service[name])) for name in stage if name in by_service) for stage in stages)
    return SetPlan(environment, tuple(stage for stage in found if stage))


def _load(forecast: Forecast, pods: int) -> Load:
    asked = forecast.requests
    return Load(pods, (asked.cpu or 0) * pods, (asked.memory or 0) * pods) if asked else Load(pods)


def _sum(loads: Iterable[Load]) -> Load:
    total = Load()
    for load in loads:
        total = total.plus(load)
    return total


def _most(loads: Sequence[Load]) -> Load:
    """Return the most of each resource: what is needed at different moments does not add up."""
    most: Mapping[str, list[float]] = {field: [load[at] for load in loads] for at, field in enumerate(Load._fields)}
    return Load(int(max(most["pods"], default=0)), max(most["cpu"], default=0), max(most["memory"], default=0))
