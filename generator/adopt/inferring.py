"""How an unknown chart reads image, replicas and strategy: markers in its values, and where they come out.

Each value that equals what is in the rendered workload is a candidate. A candidate is one only if the chart, rendered
with a marker in its place, has the marker in the workload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.adopt.fields import split
from generator.adopt.lifting import AUTOSCALING, REPLICAS, REPOSITORY, STRATEGY, TAG
from generator.adopt.paths import Path, nodes, put
from generator.kubernetes.objects import ROLLOUTS, KubeObject, at, maps

Render = Callable[[dict[str, Any]], Sequence[KubeObject] | None]
"""Renders the chart with values; None if that fails."""

_LEAST = 2
"""Numbers of an autoscaler that say nothing about when it scales: how many pods there are at least, and at most."""
_KINDS = ("Deployment", "StatefulSet", "Rollout")
_MOST = 12
"""Candidates of one field that are tried, each by a rendering."""


class Inferred(NamedTuple):
    """What is known of a chart."""

    repository: Path = ()
    tag: Path = ()
    whole: Path = ()
    """A value that is the repository and the tag as one text."""
    fixed: str = ""
    """The repository, if it is written in the chart's templates."""
    replicas: Path = ()
    strategy: Path = ()
    part: tuple[str, ...] = ()
    """Which part of a strategy the chart takes: ("canary",); empty for all of it."""
    autoscaling: Mapping[str, Path] = MappingProxyType({})
    """The numbers of its autoscaler, by the fields of a spec."""
    enabled: Path = ()
    """The switch of its autoscaler."""

    @property
    def knows_image(self) -> bool:
        """Whether a spec can set the image."""
        return bool(self.whole or self.tag or self.repository)

    @property
    def knows_anything(self) -> bool:
        """Whether a profile is worth writing."""
        return self.knows_image or bool(self.replicas or self.strategy or self.autoscaling)


def workload(objects: Sequence[KubeObject]) -> KubeObject | None:
    """Return the one workload among objects; None if there are several or none."""
    found = [item for item in objects if item.kind in _KINDS and item.group in ("apps", ROLLOUTS)]
    return found[0] if len(found) == 1 else None


def image_of(item: KubeObject) -> str:
    """Return the image of the first container of a workload; empty without one."""
    return str(at(item.data, "spec", "template", "spec", "containers", 0, "image") or "")


def inferred(values: dict[str, Any], before: Sequence[KubeObject], render: Render) -> Inferred:
    """Return how a chart reads the fields of a spec, given its values with its defaults, and what it renders."""
    item = workload(before)
    if item is None:
        return Inferred()
    trial = _Trial(values, render)
    found = Inferred(**_image(trial, image_of(item)))
    count, strategy = at(item.data, "spec", "replicas"), at(item.data, "spec", "strategy")
    if isinstance(count, int):
        found = found._replace(replicas=trial.first(_equals(count), REPLICAS, _of_workload(_has_replicas)))
    if item.kind == "Rollout" and isinstance(strategy, dict):
        found = found._replace(**_strategy(trial, strategy))
    scaler = autoscaler(before)
    return found._replace(**_autoscaling(trial, scaler)) if scaler else found


def autoscaler(objects: Sequence[KubeObject]) -> KubeObject | None:
    """Return the one autoscaler among objects; None if there are several or none."""
    found = [item for item in objects if item.kind == "HorizontalPodAutoscaler"]
    return found[0] if len(found) == 1 else None


def has_count(objects: Sequence[KubeObject]) -> bool:
    """Tell whether the one workload among objects has a number of replicas."""
    item = workload(objects)
    return item is not None and isinstance(at(item.data, "spec", "replicas"), int)


def _equals(count: int) -> Callable[[Any], bool]:
    return lambda value: value == count and not isinstance(value, bool)


class _Trial:
    def __init__(self, values: dict[str, Any], render: Render) -> None:
        self.values = values
        self._render = render

    def first(self, fits: Callable[[Any], bool], marker: Any, shows: Callable[[Sequence[KubeObject]], bool]) -> Path:
        """Return the first value that fits and of which a marker comes out where it shows; empty without one."""
        # A key with a brace would be an expression in the template of a profile.
        candidates = [path for path, value in nodes(self.values) if fits(value) and not any("{" in key for key in path)]
        for path in candidates[:_MOST]:
            objects = self._render(put(self.values, path, marker))
            if objects is not None and shows(objects):
                return path
        return ()


def _of_workload(shows: Callable[[KubeObject], bool]) -> Callable[[Sequence[KubeObject]], bool]:
    def find(objects: Sequence[KubeObject]) -> bool:
        item = workload(objects)
        return item is not None and shows(item)

    return find


def _has_replicas(item: KubeObject) -> bool:
    return bool(at(item.data, "spec", "replicas") == REPLICAS)


def _image(trial: _Trial, image: str) -> dict[str, Any]:
    repository, tag = split(image)
    if not image or not tag:
        return {}
    both = f"{REPOSITORY}:{TAG}"
    whole = trial.first(lambda value: value == image, both, _of_workload(lambda item: image_of(item) == both))
    if whole:
        return {"whole": whole}
    has_tag, has_name = (
        _of_workload(shows)
        for shows in (lambda item: image_of(item) == f"{repository}:{TAG}", lambda item: split(image_of(item))[0] == REPOSITORY)
    )
    of_tag = trial.first(lambda value: value == tag, TAG, has_tag)
    of_name = trial.first(lambda value: value == repository, REPOSITORY, has_name)
    if of_tag and of_name:
        return {"tag": of_tag, "repository": of_name}
    if of_name:
        return {"repository": of_name}
    return {"tag": of_tag, "fixed": repository} if of_tag else {}


def _strategy(trial: _Trial, strategy: dict[str, Any]) -> dict[str, Any]:
    for part in _parts(strategy):
        marker = at(STRATEGY, *part) if part else STRATEGY
        if marker is None:
            continue
        wanted = at(strategy, *part) if part else strategy
        path = trial.first(lambda value, wanted=wanted: value == wanted, marker, _of_workload(_shows(part, marker)))  # type: ignore[misc]
        if path:
            return {"strategy": path, "part": part}
    return {}


def _parts(strategy: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the parts of a strategy that a chart may take: all of it, or what is below `canary`.

    Of a chart that takes only the steps, a spec would not have the whole strategy, and a plan of it would be wrong.
    """
    yield ()
    if "canary" in strategy:
        yield ("canary",)


def _shows(part: tuple[str, ...], marker: Any) -> Callable[[KubeObject], bool]:
    return lambda item: at(item.data, "spec", "strategy", *part) == marker


def _autoscaling(trial: _Trial, scaler: KubeObject) -> dict[str, Any]:
    """Return where a chart reads the numbers of its autoscaler, and what switches it on; nothing without all of its numbers."""
    found: dict[str, Path] = {}
    for field, count in _numbers(scaler).items():
        marker = AUTOSCALING[field]

        def shows(objects: Sequence[KubeObject], field: str = field, marker: int = marker) -> bool:
            item = autoscaler(objects)
            return item is not None and _numbers(item).get(field) == marker

        found[field] = trial.first(_equals(count), marker, shows)
    enabled = trial.first(lambda value: value is True, False, lambda objects: autoscaler(objects) is None)
    return {"autoscaling": found, "enabled": enabled} if enabled and all(found.values()) and len(found) > _LEAST else {}


def _numbers(scaler: KubeObject) -> dict[str, int]:
    """Return the numbers of an autoscaler by the fields of a spec; nothing of metrics that a spec does not have."""
    spec = scaler.spec
    given: dict[str, Any] = {field: spec.get(field) for field in ("minReplicas", "maxReplicas")}
    given["targetCPUUtilizationPercentage"] = spec.get("targetCPUUtilizationPercentage")  # autoscaling/v1
    for _, metric in maps(spec.get("metrics")):
        field = {"cpu": "targetCPUUtilizationPercentage", "memory": "targetMemoryUtilizationPercentage"}.get(
            str(at(metric, "resource", "name"))
        )
        if field:
            given[field] = at(metric, "resource", "target", "averageUtilization")
    return {field: count for field, count in given.items() if isinstance(count, int)}
