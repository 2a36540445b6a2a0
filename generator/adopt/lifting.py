"""From the values of a chart back to the fields of a spec, by what a profile makes of these fields.

A profile says how fields become values. Here its templates are evaluated with markers in the place of the fields, and
where a marker comes out, the old values have the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from generator.adopt.paths import Path, drop, leaves, nodes
from generator.diagnostics import Pointer
from generator.errors import Rejected
from generator.kubernetes.objects import at, maps
from generator.service.derived import by_tag, metrics
from generator.syntax import names
from generator.syntax.merge import lookup
from generator.syntax.schema.validate import incomplete
from generator.syntax.template.templates import Template
from generator.workspace.model import Profile

FindTemplate = Callable[[str], Template]

REPOSITORY, TAG, DIGEST = "marker.invalid/repository", "marker-tag", "sha256:" + "0" * 64
REPLICAS = 7411
_AUTOSCALING = {
    "minReplicas": 7412,
    "maxReplicas": 7413,
    "targetCPUUtilizationPercentage": 7414,
    "targetMemoryUtilizationPercentage": 7415,
}
STRATEGY: dict[str, Any] = {"canary": {"steps": [{"setWeight": 7}]}}
_WINDOW = {"revisions": 7416}
_FULLNAME = "marker-fullname"


class Lifted(NamedTuple):
    """The fields of a spec for one chart, and the values that are left."""

    fields: dict[str, Any]
    values: dict[str, Any]
    fullname: str | None = None
    """What the values call the objects of the chart; None if they leave that to the chart."""
    moved: Mapping[Path, Pointer] = {}
    """Where fields of the spec were in the values."""


class Map(NamedTuple):
    """Where the fields of a spec come out in the values of a chart; a field that does not has no path."""

    repository: Path = ()
    tag: Path = ()
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


class Lifter:
    """Lifts fields out of values by one profile."""

    def __init__(
        self, profile: Profile, find: FindTemplate, chart: dict[str, Any], release: str, service: str, fixed: str = ""
    ) -> None:
        """Begin with a profile and how its templates are found; `fixed` is an image that only the chart itself names."""
        self._fixed = fixed
        self._profile = profile
        self._find = find
        self._context = {
            "service": service,
            "environment": "",
            "labels": {},
            "chart": chart,
            "release": release,
        }

    def map(self, values: dict[str, Any]) -> Map:
        """Return where fields come out; raises Rejected if the profile cannot be evaluated for these values."""
        image = {"repository": REPOSITORY, "tag": TAG}
        plain = self._owned(values, {"image": image, "replicas": REPLICAS})
        found = {value: path for path, value in leaves(plain) if isinstance(value, str | int) and not isinstance(value, bool)}
        scaled = self._owned(values, {"image": image, "autoscaling": _AUTOSCALING})
        numbers = {value: path for path, value in leaves(scaled) if isinstance(value, int) and not isinstance(value, bool)}
        switches = [path for path, value in leaves(scaled) if value is True and lookup(plain, path)[1] is not True]
        rolled = self._owned(values, {"image": image, "rollout": {"strategy": STRATEGY, "rollbackWindow": _WINDOW}})
        return Map(
            found.get(REPOSITORY, ()),
            found.get(TAG, ()),
            found.get(f"{REPOSITORY}:{TAG}", ()),
            found.get(REPLICAS, ()),
            {field: numbers[number] for field, number in _AUTOSCALING.items() if number in numbers},
            switches[0] if len(switches) == 1 else (),
            next((path for path, value in leaves(scaled) if value == metrics(_AUTOSCALING)), ()),
            next((path for path, value in nodes(rolled) if value == STRATEGY), ()),
            next((path for path, value in nodes(rolled) if value == STRATEGY["canary"]), ()),
            next((path for path, value in nodes(rolled) if value == _WINDOW), ()),
            tuple(path for path, value in leaves(self._owned(values, {"image": image}, _FULLNAME)) if value == _FULLNAME),
        )

    def lift(self, values: dict[str, Any], defaults: dict[str, Any]) -> Lifted | None:
        """Return the fields and the rest of the values; None if the profile cannot give these values."""
        try:
            known = self.map(values)
            left, fields = values, {}
            image = _image(known, values, defaults, self._fixed, needed=self._profile.image == "required")
            if image is None:
                return None
            if image:
                fields["image"] = image
                for path in (known.repository, known.tag, known.whole):
                    left = drop(left, path) if path else left
            left, more = _counts(known, left)
            fields |= more
            left, rollout = _rollout(known, left)
            if rollout:
                fields["rollout"] = rollout
            left, fullname = _fullname(known, left)
            owned = self._owned(left, fields, fullname)
        except Rejected:
            return None
        for path, value in leaves(owned):
            there, given = lookup(left, path)
            if there and (given != value or type(given) is not type(value)):
                return None
            left = drop(left, path) if there else left
        moved: dict[Path, Pointer] = {known.repository: ("image", "repository"), known.replicas: ("replicas",)}
        return Lifted(fields, left, fullname, {**moved, known.tag: ("image", "tag"), known.whole: ("image", "tag")})

    def rebuilt(self, lifted: Lifted) -> dict[str, Any]:
        """Return the values that Tiphys would generate; raises Rejected."""
        from generator.adopt.merging import merged

        return merged([lifted.values, self._owned(lifted.values, lifted.fields, lifted.fullname)])

    def _owned(self, values: dict[str, Any], fields: Mapping[str, Any], fullname: str | None = None) -> dict[str, Any]:
        """Return the values that the profile sets for fields."""
        image, scaling, rollout = fields.get("image"), fields.get("autoscaling"), fields.get("rollout") or {}
        strategy = rollout.get("strategy")
        in_chart = bool(strategy) and self._profile.mode == "values"
        context = {
            **self._context,
            "fullnameOverride": fullname,
            "fullname": fullname or self._context["release"],
            "image": image,
            "imageByTag": by_tag(image) if image else {},
            "images": fields.get("images") or {},
            "imagesByTag": {},
            "replicas": fields.get("replicas"),
            "autoscaling": scaling,
            "metrics": metrics(scaling or {}),
            "values": values,
            "strategy": strategy,
            "rollbackWindow": rollout.get("rollbackWindow"),
            "workload": {
                "kind": "Rollout" if in_chart else "Deployment",
                "referenced": False,
                "replicas": fields.get("replicas"),
                "hasServices": False,
            },
        }
        from generator.adopt.merging import merged

        files = ["values.yaml", *(["rollout.yaml"] if in_chart else [])]
        return merged(self._find(f"{self._profile.folder}/{name}").render(context) for name in files)


def _image(known: Map, values: dict[str, Any], defaults: dict[str, Any], fixed: str, *, needed: bool) -> dict[str, str] | None:
    """Return the image in values, empty if they have none; None if it cannot be a field of a spec."""
    if known.whole:
        whole = lookup(values, known.whole)[1] or (lookup(defaults, known.whole)[1] if needed else None)
        return _valid(*split(whole)) if isinstance(whole, str) else None if needed else {}
    repository, tag = (lookup(values, path)[1] if path else None for path in (known.repository, known.tag))
    if known.tag and tag is None and needed:
        tag = lookup(defaults, known.tag)[1]
    if known.repository and repository is None and (tag is not None or needed):
        repository = lookup(defaults, known.repository)[1]
    if repository is None and tag is None:
        return None if needed else {}
    repository = repository or fixed
    if not isinstance(repository, str) or not repository or (tag is not None and not isinstance(tag, str)):
        return None
    return _valid(repository, tag or "")


def _valid(repository: str, tag: str) -> dict[str, str] | None:
    """Return an image as a spec has it; None if a spec cannot have it."""
    image = _parts(repository, tag)
    return None if next(iter(incomplete("service", {"chart": {"name": "x"}, "image": image})), None) else image


def split(image: str) -> tuple[str, str]:
    """Return the repository and the tag of an image; the tag is empty if there is none."""
    before, colon, tag = image.rpartition(":")
    return (before, tag) if colon and "/" not in tag and "@" not in before else (image, "")


def _parts(repository: str, tag: str) -> dict[str, str]:
    """Return an image, with a digest that is part of the tag on its own."""
    before, _, digest = tag.partition("@")
    image = {"repository": repository}
    if repository.endswith("@sha256"):
        return {"repository": repository.removesuffix("@sha256"), "digest": f"sha256:{tag}"}
    return image | ({"tag": before} if before else {}) | ({"digest": digest} if digest else {})


def _counts(known: Map, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return values without replicas and autoscaling, and these."""
    fields: dict[str, Any] = {}
    on = bool(known.enabled) and lookup(values, known.enabled)[1] is True
    scaling = {field: number for field, path in known.autoscaling.items() if _is_count(number := lookup(values, path)[1])}
    scaling |= _targets(lookup(values, known.metrics)[1]) if known.metrics else {}
    if on and {"minReplicas", "maxReplicas"} <= scaling.keys():
        fields["autoscaling"] = {field: number for field, number in scaling.items() if number}
        for path in (known.enabled, *known.autoscaling.values()):
            values = drop(values, path) if path else values
        return values, fields
    replicas = lookup(values, known.replicas)[1] if known.replicas else None
    if _is_count(replicas) and not on:
        fields["replicas"] = replicas
        values = drop(values, known.replicas)
    return values, fields


def _fullname(known: Map, values: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
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
        name, number = at(item, "resource", "name"), at(item, "resource", "target", "averageUtilization")
        field = {"cpu": "targetCPUUtilizationPercentage", "memory": "targetMemoryUtilizationPercentage"}.get(str(name))
        found |= {field: number} if field and _is_count(number) else {}
    return found if metrics(found) == given else {}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _rollout(known: Map, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
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
