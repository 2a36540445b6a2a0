"""The fields of a spec in the values of a chart, by where a profile puts them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.adopt.paths import Path, drop
from generator.diagnostics import Pointer
from generator.kubernetes.objects import at, maps
from generator.kubernetes.rollouts import number
from generator.service.derived import metrics
from generator.syntax import names
from generator.syntax.merge import lookup
from generator.syntax.schema.validate import incomplete


class Map(NamedTuple):
    """Where the fields of a spec come out in the values of a chart; a field that does not has no path."""

    repository: Path = ()
    registry: Path = ()
    name: Path = ()
    """The repository as two values: its registry, and the rest."""
    tag: Path = ()
    digest: Path = ()
    whole: Path = ()
    """A value that is the repository and the tag as one text."""
    replicas: Path = ()
    autoscaling: Mapping[str, Path] = {}
    enabled: Path = ()
    """The switch of the autoscaler."""
    metrics: Path = ()
    """The metrics of the autoscaler, as a HorizontalPodAutoscaler has them."""
    strategy: Path = ()
    canary: Path = ()
    """What is below `canary` of it; a chart may take nothing else."""
    window: Path = ()
    names: tuple[Path, ...] = ()
    """What the objects of the chart are called."""

    @property
    def of_image(self) -> tuple[Path, ...]:
        """Where the parts of an image are."""
        return (self.repository, self.registry, self.name, self.tag, self.digest, self.whole)

    def fields(self) -> Iterator[tuple[Path, Pointer]]:
        """Yield the paths in the values with the fields of a spec that come out there."""
        autoscaling = [(path, ("autoscaling", field)) for field, path in self.autoscaling.items()]
        found: list[tuple[Path, Pointer]] = [
            (self.repository, ("image", "repository")),
            (self.registry, ("image", "repository")),
            (self.name, ("image", "repository")),
            (self.tag, ("image", "tag")),
            (self.digest, ("image", "digest")),
            (self.whole, ("image", "tag")),
            (self.replicas, ("replicas",)),
            *autoscaling,
            (self.enabled, ("autoscaling",)),
            (self.metrics, ("autoscaling",)),
            (self.strategy, ("rollout", "strategy")),
            (self.canary, ("rollout", "strategy", "canary")),
            (self.window, ("rollout", "rollbackWindow")),
            *((path, ("chart", "fullname")) for path in self.names),
        ]
        return ((path, field) for path, field in found if path)


def image(known: Map, values: dict[str, Any], defaults: dict[str, Any], fixed: str, *, needed: bool) -> dict[str, str] | None:
    """Return the image in values, empty if they have none; None if it cannot be a field of a spec."""
    if known.whole:
        whole = lookup(values, known.whole)[1] or (lookup(defaults, known.whole)[1] if needed else None)
        return valid(_of_text(whole)) if isinstance(whole, str) else None if needed else {}
    versions = {field: lookup(values, path)[1] for field, path in (("tag", known.tag), ("digest", known.digest)) if path}
    if needed and all(value is None for value in versions.values()):
        versions = {field: lookup(defaults, path)[1] for field, path in (("tag", known.tag), ("digest", known.digest)) if path}
    given = {field: text(value) for field, value in versions.items() if value is not None and (field == "tag" or value)}
    repository = _repository(known, values, defaults, needed=needed or bool(given))
    if repository is None and not given:
        return None if needed else {}
    repository = repository or fixed
    if not isinstance(repository, str) or not repository or not all(isinstance(value, str) for value in given.values()):
        return None
    return valid(_parts(repository, given.get("tag", "")) | ({"digest": given["digest"]} if "digest" in given else {}))


def _repository(known: Map, values: dict[str, Any], defaults: dict[str, Any], *, needed: bool) -> Any:
    """Return the repository in values, or where it is needed that of the chart; None without one."""
    paths = [path for path in (known.repository, known.registry, known.name) if path]
    own = [lookup(values, path)[1] for path in paths]
    if not paths or (not needed and all(value is None for value in own)):
        return None
    parts = [value if value is not None else lookup(defaults, path)[1] for value, path in zip(own, paths, strict=True)]
    if len(parts) == 1:
        return parts[0]
    return "/".join(parts) if all(isinstance(part, str) and part for part in parts) else None


def valid(image: dict[str, str]) -> dict[str, str] | None:
    """Return an image; None if a spec cannot have it."""
    return None if next(iter(incomplete("service", {"chart": {"name": "x"}, "image": image})), None) else image


def split(image: str) -> tuple[str, str]:
    """Return the repository and the tag of an image; the tag is empty if absent."""
    before, colon, tag = image.rpartition(":")
    return (before, tag) if colon and "/" not in tag and "@" not in before else (image, "")


def text(value: Any) -> Any:
    """Return a number as a chart writes it into a text, such as the tag `1.25` without quotes; anything else as it is."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _of_text(image: str) -> dict[str, str]:
    """Return the parts of an image that is one text."""
    named, _, digest = image.partition("@")
    repository, tag = split(named)
    return {"repository": repository} | ({"tag": tag} if tag else {}) | ({"digest": digest} if digest else {})


def _parts(repository: str, tag: str) -> dict[str, str]:
    """Return an image, with a digest that is part of the tag on its own."""
    before, _, digest = tag.partition("@")
    image = {"repository": repository}
    if repository.endswith("@sha256"):
        return {"repository": repository.removesuffix("@sha256"), "digest": f"sha256:{tag}"}
    return image | ({"tag": before} if before else {}) | ({"digest": digest} if digest else {})


def counts(
    known: Map, values: dict[str, Any], defaults: dict[str, Any], *, tidy: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return values without replicas and autoscaling, and these.

    An autoscaler that is on has the rest from the chart. `tidy` leaves out the numbers of one that is off, and the replicas under one that is on.
    """
    fields: dict[str, Any] = {}
    on = bool(known.enabled) and lookup(values, known.enabled)[1] is True
    every = {field: (lookup(values, path)[1], lookup(defaults, path)[1]) for field, path in known.autoscaling.items()}
    given = {field: number(own if own is not None else default) for field, (own, default) in every.items()}
    scaling = {field: count for field, count in given.items() if count is not None}
    scaling |= _targets(lookup(values, known.metrics)[1]) if known.metrics else {}
    if on and {"minReplicas", "maxReplicas"} <= scaling.keys():
        fields["autoscaling"] = {field: count for field, count in scaling.items() if count}
        for path in (known.enabled, *known.autoscaling.values(), known.replicas if tidy else ()):
            values = drop(values, path) if path else values
        return values, fields
    for path in known.autoscaling.values() if tidy and known.enabled and not on else ():
        values = drop(values, path)
    replicas = number(lookup(values, known.replicas)[1]) if known.replicas else None
    if replicas is not None and not on:
        fields["replicas"] = replicas
        values = drop(values, known.replicas)
    return values, fields


def fullname(known: Map, values: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Return values without the name of the chart's objects, and this; None unless it is set wherever the profile sets it."""
    found = {lookup(values, path)[1] for path in known.names if not isinstance(lookup(values, path)[1], dict | list)}
    name = next(iter(found)) if len(found) == 1 else None
    if not isinstance(name, str) or not name or not names.is_subdomain(name):
        return values, None
    for path in known.names:
        values = drop(values, path)
    return values, name


def _targets(given: Any) -> dict[str, Any]:
    """Return the targets of a spec that give these metrics; empty if none do."""
    found: dict[str, Any] = {}
    for _, item in maps(given):
        name, target = at(item, "resource", "name"), number(at(item, "resource", "target", "averageUtilization"))
        field = {"cpu": "targetCPUUtilizationPercentage", "memory": "targetMemoryUtilizationPercentage"}.get(str(name))
        found |= {field: target} if field and target is not None else {}
    return found if metrics(found) == given else {}


def rollout(known: Map, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return values without the strategy, and the rollout block of the spec."""
    path = known.strategy or known.canary
    strategy = lookup(values, path)[1] if path else None
    if path and not known.strategy and isinstance(strategy, dict):
        strategy = {"canary": strategy}
    if not isinstance(strategy, dict) or len(strategy) != 1 or not {*strategy} <= {"canary", "blueGreen"}:
        return values, {}
    block: dict[str, Any] = {"strategy": strategy}
    values = drop(values, path)
    window = lookup(values, known.window)[1] if known.window else None
    if isinstance(window, dict):
        block["rollbackWindow"] = window
        values = drop(values, known.window)
    return values, block
