"""All that the report is made of, and the rows of its matrix."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from generator.diagnostics import Diagnostic
from generator.history.ledger.matrix import Matrix
from generator.pipeline.drift import Change
from generator.report.site.deployed import Deployed
from generator.report.site.places import Place, WindowsNow
from generator.report.site.trace import Trace
from generator.report.site.view import ServiceView
from generator.syntax.wording import counted


class Invalid(NamedTuple):
    """A spec of which no service came: it has errors, or another one describes the same service."""

    name: str
    """The service that it names; empty if it names none."""
    path: str
    text: str
    """Empty if it cannot be read."""

    @property
    def label(self) -> str:
        """Return what to call it: the service that it names, or else its folder."""
        return self.name or posixpath.basename(posixpath.dirname(self.path)) or self.path


class Survey(NamedTuple):
    """A workspace at one moment."""

    title: str
    environments: tuple[Place, ...]
    """From the start of the promotion chain to its end."""
    services: tuple[ServiceView, ...]
    """By name."""
    findings: tuple[Diagnostic, ...]
    """What counts of what was found, drift included."""
    changes: tuple[Change, ...]
    compared: bool
    """Whether the generated files were compared with those on disk."""
    matrix: Matrix | None
    """What is declared in Git; None outside of a repository."""
    note: str
    """Why the history is missing or incomplete; empty if it is complete."""
    text_of: Callable[[str], str]
    live: str = ""
    """What the pages are called while they are served, and follow the files: the server, and how often it made pages."""
    windows: WindowsNow | None = None
    """None without any window."""
    trace: Trace = Trace()
    """Empty outside of a repository."""
    invalid: tuple[Invalid, ...] = ()
    """By path."""


class Status(NamedTuple):
    """A cell of the matrix."""

    deployed: Deployed | None
    """None where it could not be built, or is not deployed."""
    wanted: bool
    """Whether the spec names the environment."""
    drift: str
    behind: str
    lacking: int
    """How many releases of the environment that it is promoted from it lacks."""
    lacking_since: str
    """When the first of them landed there; empty if that is unknown."""
    source: str
    """The environment that it is promoted from; empty if it is the first, or without a history."""
    since: str
    by: str
    uncommitted: bool
    others: tuple[Deployed, ...] = ()
    """The further destinations of the environment."""
    skipped: str = ""
    """The gates that were skipped for the release, each with its reason."""
    drifts: Mapping[str, str] = MappingProxyType({})
    """The drift of each destination, by the label of its environment; that of the environment as a whole by its name."""
    rolled_back: str = ""
    """From what it was rolled back, if it lacks releases, in words."""

    @property
    def late(self) -> bool:
        """Whether it lacks releases of the environment that it is promoted from."""
        return self.lacking > 0

    def drift_of(self, deployed: Deployed | None) -> str:
        """Return the drift of one row; the first one also has what belongs to no destination."""
        if deployed is None or not self.drifts:
            return self.drift
        own = self.drifts.get(deployed.environment, "")
        whole = self.drifts.get(deployed.environment_name, "") if deployed is self.deployed else ""
        return own or whole


class InvalidLine(NamedTuple):
    """A row of the matrix for a spec of which no service came."""

    spec: Invalid
    images: tuple[str, ...]
    """What the last commit declares in each environment; empty where that is nothing, or unknown."""
    errors: int
    warnings: int


class Line(NamedTuple):
    """A row of the matrix."""

    service: ServiceView
    cells: tuple[Status, ...]
    errors: int
    warnings: int

    @property
    def marks(self) -> str:
        """What the row can be filtered by."""
        said = {
            "drift": any(cell.drift for cell in self.cells),
            "behind": any(cell.late for cell in self.cells),
            "findings": self.errors or self.warnings,
            "skipped": any(cell.skipped for cell in self.cells),
        }
        return " ".join(name for name, there in said.items() if there)


def counts(findings: Sequence[Diagnostic]) -> str:
    """Return how many findings there are: `2 errors and 1 warning`; empty for none."""
    severities = Counter(finding.severity.value for finding in findings)
    parts = [counted(severities[name], name) for name in ("error", "warning", "note") if severities[name]]
    return " and ".join(parts)
