"""Where the chart of a service comes from: a chart repository, this repository, or a different Git repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from generator.kubernetes.repositories import normal
from generator.service.analyses import UnbuildableError
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed, suggestion
from generator.workspace.model import NO_PROFILE, Problem, Profile, Resolved

if TYPE_CHECKING:
    from generator.workspace.profiles import Profiles

SWITCHES = ("skipCrds", "skipTests", "skipSchemaValidation", "passCredentials")
"""The fields of a chart that Argo CD has for a Helm source as well."""

NOT_CHECKED = "TP316"
"""The rule of what a chart leaves unchecked; each message of it is told once in a run."""


class ChartSource(NamedTuple):
    """The chart of a service in an environment."""

    name: str
    version: str
    """One version or a range, in a chart repository; empty if not set."""
    repository: str
    """The address of the chart repository, the service's own or that of the environment; empty for a chart in Git."""
    is_own_repository: bool
    """Whether the service names the chart repository, so that it is not the one that charts are released to."""
    path: str
    """The folder of a chart in Git, relative to the root of its repository; empty for one of a chart repository."""
    git: str
    """The address of the Git repository; empty for this one."""
    revision: str
    """The branch, tag or commit in a different Git repository."""
    value_files: tuple[str, ...]
    """Values files inside the chart, lowest first; they are read before the generated ones."""
    switches: tuple[str, ...] = ()
    """The settings of Argo CD for Helm that are on, by their names."""

    @property
    def folder(self) -> str:
        """The folder of a chart in this repository; empty for a chart from elsewhere."""
        return "" if self.git else self.path

    @property
    def is_released(self) -> bool:
        """Whether the chart comes from the environment's chart repository, or is released to it from this workspace."""
        return not (self.git or self.is_own_repository)


def chart_of(resolved: Resolved) -> ChartSource:
    """Return where the chart of a service comes from; nothing but empty fields for a folder in the place of a chart."""
    chart, shared = resolved.data.get("chart") or {}, resolved.environment.spec.get("chart") or {}
    if not chart:
        return ChartSource("", "", "", is_own_repository=True, path="", git="", revision="", value_files=())
    own, path = chart.get("repository") or "", chart.get("path") or ""
    git, revision = elsewhere(chart, resolved)
    return ChartSource(
        str(chart.get("name") or ""),  # one without a name is reported elsewhere
        str(chart.get("version") or ""),
        "" if path else own or shared.get("repository") or "",
        bool(own) and own.rstrip("/") != (shared.get("repository") or "").rstrip("/"),
        path,
        git,
        revision,
        tuple(chart.get("valueFiles") or ()),
        tuple([name for name in SWITCHES if chart.get(name)]),
    )


def elsewhere(given: Mapping[str, Any], resolved: Resolved) -> tuple[str, str]:
    """Return the address and the revision of the Git repository of a chart or folder; both empty for this one.

    It is this one as well if its address is given, and the revision that Argo CD reads the workspace at.
    """
    address, revision, home = str(given.get("repoURL") or ""), str(given.get("revision") or ""), resolved.home
    if is_own(address, resolved) and (revision or "HEAD") == home.revision:
        return "", ""
    return address, revision


def is_own(address: str, resolved: Resolved) -> bool:
    """Tell whether an address is that of the repository of the workspace."""
    return bool(address and resolved.home.address) and normal(address) == normal(resolved.home.address)


def no_chart(folder: str) -> Problem:
    """Return the problem of a folder that is not a chart, in the same words at each step that finds it."""
    message = f"{folder} is not a chart: it has no Chart.yaml"
    return Problem("TP600", ("chart", "path"), message, "add the chart, or fix the path")


def lacks_file(chart: str, index: int, name: str) -> Problem:
    """Return the problem of a values file that a chart does not have, in the same words at each step that finds it."""
    message = f"{chart} has no file {name}"
    return Problem(
        "TP600", ("chart", "valueFiles", index), message, "add the file, or fix the path, which is relative to the chart"
    )


def profile_of(resolved: Resolved, profiles: Profiles) -> Profile:
    """Return the profile of a service's chart; raises UnbuildableError."""
    chart = resolved.data.get("chart") or {"profile": NO_PROFILE}
    field = "profile" if "profile" in chart else "name"
    name = chart[field]
    profile = profiles.named(name) if field == "profile" else profiles.used_for(name)
    if profile is not None:
        return profile
    if profiles.exists(name):
        raise UnbuildableError([])  # the profile itself has errors, which are reported
    known = profiles.charts() if field == "name" else profiles.names()
    otherwise = f"set chart.profile to one of {listed(profiles.names())}, or write templates/profiles/{name}/"
    message = f"no profile for chart `{name}`" if field == "name" else f"unknown profile `{name}`"
    raise UnbuildableError([Problem("TP034", ("chart", field), message, suggestion(name, known, otherwise))])
