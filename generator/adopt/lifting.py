"""From the values of a chart back to the fields of a spec, by what a profile makes of these fields.

A profile says how fields become values. Here its templates are evaluated with markers in the place of the fields, and
where a marker comes out, the old values have the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from generator.adopt import fields as fields_in
from generator.adopt.fields import Map
from generator.adopt.merging import merged
from generator.adopt.paths import Path, drop, leaves, nodes
from generator.diagnostics import Pointer, dotted
from generator.errors import Rejected
from generator.service.context import context_of
from generator.service.derived import metrics
from generator.syntax.merge import lookup
from generator.syntax.template.templates import Template
from generator.syntax.wording import listed
from generator.workspace.model import Profile

FindTemplate = Callable[[str], Template]

REPOSITORY, TAG, DIGEST = "marker.invalid/repository", "marker-tag", "sha256:" + "0" * 64
MARKED_HOST, MARKED_NAME = REPOSITORY.split("/")
REPLICAS = 7411
AUTOSCALING = {
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


class MisfitError(Exception):
    """A profile cannot give values; the message says which of them, or which field."""


class Lifter:
    """Lifts fields out of values by one profile."""

    def __init__(
        self, profile: Profile, find: FindTemplate, chart: dict[str, Any], release: str, service: str, fixed: str = ""
    ) -> None:
        """Begin with a profile and how its templates are found; `fixed` is an image that only the chart itself names."""
        self._fixed = fixed
        self._profile = profile
        self._find = find
        self._service = service
        self._chart = chart
        self._release = release

    def map(self, values: dict[str, Any]) -> Map:
        """Return where fields come out; raises Rejected if the profile cannot be evaluated for these values."""
        image = {"repository": REPOSITORY, "tag": TAG}
        plain = self._owned(values, {"image": image, "replicas": REPLICAS})
        found = {value: path for path, value in leaves(plain) if isinstance(value, str | int) and not isinstance(value, bool)}
        with_digest = self._owned(values, {"image": {"repository": REPOSITORY, "digest": DIGEST}})
        scaled = self._owned(values, {"image": image, "autoscaling": AUTOSCALING})
        numbers = {value: path for path, value in leaves(scaled) if isinstance(value, int) and not isinstance(value, bool)}
        switches = [path for path, value in leaves(scaled) if value is True and lookup(plain, path)[1] is not True]
        rolled = self._owned(values, {"image": image, "rollout": {"strategy": STRATEGY, "rollbackWindow": _WINDOW}})
        return Map(
            found.get(REPOSITORY, ()),
            found.get(MARKED_HOST, ()),
            found.get(MARKED_NAME, ()),
            found.get(TAG, ()),
            next((path for path, value in leaves(with_digest) if value == DIGEST), ()),
            found.get(f"{REPOSITORY}:{TAG}", ()),
            found.get(REPLICAS, ()),
            {field: numbers[number] for field, number in AUTOSCALING.items() if number in numbers},
            switches[0] if len(switches) == 1 else (),
            next((path for path, value in leaves(scaled) if value == metrics(AUTOSCALING)), ()),
            next((path for path, value in nodes(rolled) if value == STRATEGY), ()),
            next((path for path, value in nodes(rolled) if value == STRATEGY["canary"]), ()),
            next((path for path, value in nodes(rolled) if value == _WINDOW), ()),
            tuple(path for path, value in leaves(self._owned(values, {"image": image}, _FULLNAME)) if value == _FULLNAME),
        )

    def lift(self, values: dict[str, Any], defaults: dict[str, Any], *, tidy: bool = False) -> Lifted:
        """Return the fields and the rest of the values; raises MisfitError if the profile cannot give these values.

        `tidy` leaves out what should have no effect.
        """
        try:
            known = self.map(values)
            left, fields = values, {}
            image = fields_in.image(known, values, defaults, self._fixed, needed=self._profile.image == "required")
            if image is None:
                raise MisfitError(_no_image([path for path in known.of_image if path]))
            if image:
                fields["image"] = image
                for path in known.of_image:
                    left = drop(left, path) if path else left
            left, more = fields_in.counts(known, left, defaults, tidy=tidy)
            fields |= more
            left, rollout = fields_in.rollout(known, left)
            if rollout:
                fields["rollout"] = rollout
            left, fullname = fields_in.fullname(known, left)
            owned = self._owned(left, fields, fullname)
        except Rejected as rejected:
            raise MisfitError(rejected.diagnostics[0].message) from None
        for path, value in leaves(owned):
            there, given = lookup(left, path)
            if there and (given != value or type(given) is not type(value)):
                raise MisfitError(f"the profile sets a different value for `{dotted(path)}`")
            left = drop(left, path) if there else left
        return Lifted(
            fields,
            left,
            fullname,
            {path: field for path, field in known.fields() if lookup(values, path) != lookup(left, path)},
        )

    def rebuilt(self, lifted: Lifted) -> dict[str, Any]:
        """Return the values that Tiphys would generate; raises Rejected."""
        return merged([lifted.values, self._owned(lifted.values, lifted.fields, lifted.fullname)])

    def _owned(self, values: dict[str, Any], fields: Mapping[str, Any], fullname: str | None = None) -> dict[str, Any]:
        """Return the values that the profile sets for fields."""
        has_strategy, is_in_chart = "rollout" in fields, self._profile.mode == "values"
        data = {**fields, "chart": self._chart, "values": values}
        context = context_of(data, self._service, "", {}, referenced=has_strategy and not is_in_chart)
        context |= {"release": self._release, "fullnameOverride": fullname, "fullname": fullname or self._release}
        files = ["values.yaml", *(["rollout.yaml"] if has_strategy and is_in_chart else [])]
        return merged(self._find(f"{self._profile.folder}/{name}").render(context) for name in files)


def _no_image(paths: Sequence[Path]) -> str:
    named = listed(map(dotted, paths))
    return f"{named} {'is' if len(paths) == 1 else 'are'} not the image of a spec: a repository with a tag or a digest"
