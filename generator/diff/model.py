"""The nouns of a comparison.

- *state*: what is deployed of one service in one environment, as data.
- *change*: one difference between two states, as a sentence.
- *entry*: a change with all the places in which it is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from generator.diagnostics import Diagnostic, dotted
from generator.diff.risks import RISKS, ROUTINE, Level, Risk
from generator.diff.shown import shown, shown_pair
from generator.service.confirmation import Confirmation
from generator.syntax.labels import label_parts
from generator.syntax.leaves import ABSENT, Path
from generator.syntax.secrets.masking import hides, revealed

if TYPE_CHECKING:
    from generator.diff.rendered.model import Cluster, Upgrade
    from generator.plan.model import Workload


class State(NamedTuple):
    """What is deployed of one service in one environment."""

    service: str
    """Empty for the root Application of the environment."""
    environment: str
    production: bool
    spec: str
    """The path of the file that declares it."""
    image: Mapping[str, Any]
    scaling: Mapping[str, Any]
    """`replicas`, or what the autoscaler keeps to; empty where the chart decides."""
    strategy: Mapping[str, Any]
    application: Mapping[str, Any]
    """The Application, with its sources by what they are for."""
    documents: Mapping[str, Mapping[str, Any]]
    """Everything else that is generated, by `values`, `rollout`, or kind and name."""
    free: Mapping[str, Any] = {}
    """The part of `values` that is as written in the spec."""
    workload: Workload | None = None
    """What is released with these; None for a root Application."""
    images: Mapping[str, Mapping[str, Any]] = {}
    """The further images, by name."""
    name_of: str = ""
    """Where else the name of its Application is, on the other side; empty if nowhere."""


class Where(NamedTuple):
    """One service in one environment."""

    service: str
    environment: str
    """With the destination after a slash, if it has several."""
    production: bool

    @property
    def environment_name(self) -> str:
        """The name of the environment alone."""
        return label_parts(self.environment)[0]

    def __str__(self) -> str:
        """Return it for display: `prod checkout`."""
        return f"{self.environment} {self.service or '(root)'}"


class Change(NamedTuple):
    """One difference. Secrets are masked in all of it."""

    sentence: str
    path: str
    """What changed: the part of what is deployed, a colon, and the way to it."""
    before: Any
    after: Any
    """ABSENT where there is nothing."""
    risk: str = ROUTINE


class Entry(NamedTuple):
    """One change, and everywhere where it is the same."""

    change: Change
    where: tuple[Where, ...]

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


class Placed(Protocol):
    """What is told of a change, and where: an Entry, or what it does to an object in the cluster."""

    @property
    def change(self) -> Change:
        """The change."""

    @property
    def where(self) -> tuple[Where, ...]:
        """Everywhere where it is the same."""

    @property
    def risk(self) -> Risk:
        """What it can do."""

    @property
    def production(self) -> bool:
        """Whether it reaches production."""

    @property
    def level(self) -> Level:
        """How closely to look, in the place that matters most."""


class Failure(NamedTuple):
    """Services that one side cannot tell anything of, and why."""

    side: str
    """`base` or `head`."""
    pairs: tuple[tuple[str, str], ...]
    diagnostics: tuple[Diagnostic, ...]


class Versions(NamedTuple):
    """What else is known of a workspace under other versions."""

    findings: tuple[Diagnostic, ...]
    """Problems that only the new side has."""
    upgrades: tuple[Upgrade, ...]
    """Charts that are different."""
    remarks: tuple[str, ...]


class Comparison(NamedTuple):
    """All changes in the deployment."""

    base: str
    """What the old side is called: a revision with its commit, or the working tree."""
    head: str
    entries: tuple[Entry, ...]
    moved: tuple[tuple[str, str, str], ...] = ()
    """(service, old path, new path) of specs that moved."""
    renamed: tuple[tuple[str, str, str], ...] = ()
    """(path of the spec, old name, new name) of renamed services."""
    failures: tuple[Failure, ...] = ()
    staying: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Of a promotion: (service, environment, what stays as it is there)."""
    total: int = 0
    """How many pairs of service and environment there are on the new side."""
    confirmations: tuple[Confirmation, ...] = ()
    """What waits in Argo CD for a manual confirmation after the change."""
    cluster: Cluster | None = None
    """What changes of the objects in the cluster; None if nothing was to be rendered."""
    versions: Versions | None = None
    """What else is known where the sides are the same workspace under different versions; None for all else."""

    @property
    def places(self) -> tuple[Where, ...]:
        """Every service and environment in which something changes."""
        return tuple(dict.fromkeys(place for entry in self._all for place in entry.where))

    def count(self, level: Level) -> int:
        """Return how many entries there are of a level."""
        return sum(entry.level is level for entry in self._all)

    @property
    def changes_anything(self) -> bool:
        """Whether anything that is deployed changes."""
        return bool(self._all)

    @property
    def _all(self) -> tuple[Placed, ...]:
        return (*self.entries, *(self.cluster.entries if self.cluster else ()))


def change(
    part: str, path: Path, old: Any, new: Any, title: str = "", *, risk: str = "", said: tuple[str, str] | None = None
) -> Change:
    """Return a change of a value as a sentence: `title old → new`, added or removed; of hidden secrets no more than may be said.

    `said` is how both sides are worded instead of by their values. A plain-text secret is what
    counts most of a change, and so is its risk.
    """
    before, after = revealed(old), revealed(new)
    title = title or dotted(path)
    if old is ABSENT:
        text = f"{title} added: {said[1] if said else shown(after)}"
    elif new is ABSENT:
        text = f"{title} removed (was {said[0] if said else shown(before)})"
    else:
        first, second = said or shown_pair(before, after)
        text = f"{title} {first} → {second}" if first != second else f"{title} changed, {first}"
    if hides(new):
        risk = "secret-in-plain-text"
    return Change(text, f"{part}: {dotted(path)}" if path else part, before, after, risk or ROUTINE)
