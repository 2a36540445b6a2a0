"""The nouns of a rendered comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from generator.diff.model import Change, Where
from generator.diff.rendered.effects import Effect
from generator.diff.risks import RISKS, Level, Risk


class Cause(NamedTuple):
    """What a difference comes from."""

    what: str
    """`chart ledger 1.1.0`, or the field: `values.resources.limits.memory`; empty if it is unknown."""
    path: str = ""
    """The file that says so, and the line; empty for a chart of a repository."""
    line: int = 0

    def __str__(self) -> str:
        """Return it for display: `values.grace, services/web/pipeline.yaml:8`."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return ", ".join(part for part in (self.what, place) if part)


class Difference(NamedTuple):
    """One difference of one object in one place."""

    change: Change
    """Without the object in its sentence."""
    kind: str
    name: str
    namespace: str
    """Empty for an object that is not in a namespace."""
    general: str
    """Its name, with `{service}` for that of the service: what the same object of another service has in common."""
    effect: Effect | None
    cause: Cause
    noise: str = ""
    """The rule by which it is left out; empty for what is shown."""

    @property
    def title(self) -> str:
        """What people call the object."""
        return f"{self.kind} {self.name}".rstrip()


class ObjectEntry(NamedTuple):
    """A difference, and everywhere where it is the same."""

    difference: Difference
    where: tuple[Where, ...]
    causes: tuple[Cause, ...]
    """That of each place, each once."""

    @property
    def change(self) -> Change:
        """What changes, without the object in its sentence."""
        return self.difference.change

    @property
    def risk(self) -> Risk:
        """What it can do."""
        return RISKS[self.change.risk]

    @property
    def production(self) -> bool:
        """Whether it reaches production."""
        return any(place.production for place in self.where)

    @property
    def level(self) -> Level:
        """How closely to look, in the place that matters most."""
        return self.risk.at(production=self.production)

    @property
    def title(self) -> str:
        """What people call the object, or the objects that they are in several services."""
        several = len({place.service for place in self.where}) > 1
        return f"{self.difference.kind} {self.difference.general}" if several else self.difference.title


class Unrendered(NamedTuple):
    """One application that could not be compared, and why."""

    where: Where
    side: str
    """`base` or `head`."""
    why: str


class Cluster(NamedTuple):
    """What changes of the objects in the cluster."""

    entries: tuple[ObjectEntry, ...] = ()
    applications: int = 0
    """How many were rendered on both sides, as something may have changed in them."""
    objects: int = 0
    """How many objects they have, on the side that has more."""
    unchanged: int = 0
    noise: Mapping[str, int] = {}
    """How many differences were left out, by rule."""
    unrendered: tuple[Unrendered, ...] = ()
    why: str = ""
    """Why nothing at all could be rendered; empty if something could, or nothing had to be."""
    tools: str = ""
    """The programs that rendered, with their versions."""
    remark: str = ""
    """That an environment has Helm in another minor version; empty if all have this one."""

    @property
    def refused(self) -> tuple[ObjectEntry, ...]:
        """What Kubernetes refuses to change."""
        return tuple(entry for entry in self.entries if entry.change.risk == SYNC_FAILS)


class Default(NamedTuple):
    """A default of a chart that is different in another version of it."""

    change: Change
    given: tuple[Where, ...]
    """Who sets the value, and so keeps it."""


class Dead(NamedTuple):
    """A value that another version of a chart does not use any more."""

    name: str
    where: tuple[Where, ...]
    places: tuple[Cause, ...]
    """Where it is set."""


class Upgrade(NamedTuple):
    """What another version of a chart asks of those who use it."""

    chart: str
    before: str
    after: str
    users: tuple[Where, ...]
    defaults: tuple[Default, ...]
    dead: tuple[Dead, ...]


SYNC_FAILS = "sync-fails"
