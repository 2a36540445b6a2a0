"""How an unknown chart reads image, replicas and strategy: markers in its values, and where they come out.

Each value that equals what is in the rendered workload is a candidate. A candidate is one only if the chart, rendered
with a marker in its place, has the marker in the workload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.adopt.fields import split, text
from generator.adopt.lifting import AUTOSCALING, DIGEST, MARKED_HOST, MARKED_NAME, REPLICAS, REPOSITORY, STRATEGY, TAG
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
    registry: Path = ()
    """The registry, where the repository without it is a value of its own."""
    name: Path = ()
    """The repository without its registry."""
    tag: Path = ()
    digest: Path = ()
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
    kind: str = "Deployment"
    """What runs its pods, if that is the same in all releases."""

    @property
    def knows_image(self) -> bool:
        """Whether a spec can set the image."""
        return bool(self.whole or self.tag or self.digest or self.repository)

    def knows_versions_of(self, objects: Sequence[KubeObject]) -> bool:
        """Tell whether a spec can set the version of the image that the workload among objects runs."""
        item = workload(objects)
        return bool(self.whole or (self.tag and (self.digest or item is None or "@" not in image_of(item))))

    def with_image(self, other: Inferred) -> Inferred:
        """Return it with what else is known of the image by a different release."""
        names = self if self.tag or self.whole or not (other.tag or other.whole or other.digest) else other
        return self._replace(
            repository=names.repository,
            registry=names.registry,
            name=names.name,
            tag=names.tag,
            whole=names.whole,
            fixed=names.fixed,
            digest=self.digest or other.digest,
        )

    @property
    def words(self) -> str:
        """What is known, and that the image is not, for people."""
        known = {
            "image": self.knows_image,
            "replicas": bool(self.replicas),
            "autoscaler": bool(self.autoscaling),
            "strategy": bool(self.strategy),
        }
        said = ", ".join(word for word, is_known in known.items() if is_known)
        return said if self.knows_image else f"{said}; not the image"

    @property
    def knows_anything(self) -> bool:
        """Whether a profile is worth writing."""
        return self.knows_image or bool(self.replicas or self.strategy or self.autoscaling)


def workload(objects: Sequence[KubeObject]) -> KubeObject | None:
    """Return the one workload among objects, or the one that all others are called after, such as `web` of `web-worker`."""
    found = [item for item in objects if item.kind in _KINDS and item.group in ("apps", ROLLOUTS)]
    main = min(found, key=lambda item: len(item.name), default=None)
    return main if all(item is main or item.name.startswith(f"{main.name}-") for item in found if main) else None


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
    named, _, digest = image.partition("@")
    repository, tag = split(named)
    if not tag and not digest:
        return {}
    both = f"{REPOSITORY}:{TAG}"
    whole = trial.first(lambda value: value == image, both, _of_image(lambda found: found == both))
    if whole:
        return {"whole": whole}
    tagged = f"{repository}:{TAG}"
    of_tag = trial.first(
        lambda value: bool(tag) and text(value) in (tag, f"{tag}@{digest}"),
        TAG,
        _of_image(lambda found: found.partition("@")[0] == tagged),
    )
    of_digest = trial.first(
        lambda value: bool(digest) and value == digest, DIGEST, _of_image(lambda found: found.endswith(f"@{DIGEST}"))
    )
    names = _names(trial, repository)
    versions = {field: path for field, path in (("tag", of_tag), ("digest", of_digest)) if path}
    return {**names, **versions} if names or not versions else {**versions, "fixed": repository}


def _names(trial: _Trial, repository: str) -> dict[str, Any]:
    """Return where the repository of an image is: as one text, or as its registry and the rest."""

    def find(text: str, marker: str, whole: str) -> Path:
        return trial.first(
            lambda value: value == text, marker, _of_image(lambda found: split(found.partition("@")[0])[0] == whole)
        )

    path = find(repository, REPOSITORY, REPOSITORY)
    host, slash, rest = repository.partition("/")
    if path or not slash:
        return {"repository": path} if path else {}
    registry = find(host, MARKED_HOST, f"{MARKED_HOST}/{rest}")
    name = find(rest, MARKED_NAME, f"{host}/{MARKED_NAME}") if registry else ()
    return {"registry": registry, "name": name} if name else {}


def _of_image(shows: Callable[[str], bool]) -> Callable[[Sequence[KubeObject]], bool]:
    return _of_workload(lambda item: shows(image_of(item)))


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
