"""Ask chart repositories for the charts of a move: Argo CD would only fail after the merge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from generator.errors import ConfigError, RefusedError, Rejected
from generator.history.fleet import Fleet
from generator.history.gates import CHART, Gates
from generator.service.chart import chart_of
from generator.syntax.wording import listed
from generator.system.charts.package import OPEN
from generator.system.charts.repository import Repository
from generator.workspace.model import Resolved


class Needed(NamedTuple):
    """A chart version that a service needs after a move."""

    service: str
    version: str
    """Empty for a chart in this repository, and for one that does not change."""
    resolved: Resolved
    """The service in the environment of the move."""


class Hints(NamedTuple):
    """What to do if a chart is missing: in the repository of the environment, or in one of the service itself."""

    shared: str
    own: str


def repository_of(resolved: Resolved) -> Repository:
    """Return the chart repository of a service: its own, or that of the environment; one without address for a chart in Git."""
    chart = chart_of(resolved)
    if chart.git or chart.path:
        return Repository("")
    return Repository(chart.repository.rstrip("/")) if chart.is_own_repository else Repository.of(resolved.environment.spec)


def check_charts(
    fleet: Fleet, wanted: Iterable[Needed], target: str, binary: str, gates: Gates, hints: Hints
) -> tuple[dict[str, list[str]], str]:
    """Refuse charts that the chart repository of the environment `target`, or of the service, lacks.

    If the user skips this, nothing is checked; return the services whose charts were not, as of the gate, and a warning.
    Raises RefusedError with all that is missing, or ConfigError.
    """
    shared = Repository.of(fleet.environment(target).spec)
    charts: dict[tuple[Repository, str, str], list[str]] = {}
    for needed in wanted:
        repository = repository_of(needed.resolved)
        if needed.version and repository.address:
            charts.setdefault((repository, chart_of(needed.resolved).name, needed.version), []).append(needed.service)
    if not charts:
        return {}, ""
    if gates.skips(CHART):
        asked = sorted({repository.address for repository, _, _ in charts})
        names = listed(f"{name} {version}" for _, name, version in charts)
        warning = f"did not check that {' and '.join(asked)} {'has' if len(asked) == 1 else 'have'} {names}"
        return {CHART: [name for services in charts.values() for name in services]}, warning
    from generator.system import helm
    from generator.system.charts import repository as chart_repository
    from generator.system.charts.failures import ChartRepositoryError, MissingChartError

    try:
        found = helm.find(binary)
    except ConfigError as error:
        raise ConfigError(error.message, f"{error.hint}; or use --offline with --reason") from None
    missing: list[tuple[str, str]] = []
    for repository, name, version in sorted(charts):
        try:
            chart_repository.package(found, repository, name, version, ask=False)
        except MissingChartError:
            message = f"{repository.address} has no chart {name} {version}, which Argo CD would pull from there"
            missing.append((message, hints.shared if repository == shared else hints.own))
        except ChartRepositoryError as error:
            raise ConfigError(error.message, f"{error.hint}; or use --offline with --reason") from None
    if missing:
        messages, advice = zip(*missing, strict=True)
        raise RefusedError("; ".join(messages), "; ".join(dict.fromkeys(advice)))
    return {}, ""


def is_released_here(root: str, needed: Needed) -> bool:
    """Tell whether `tiphys release` can put the chart into the environment's repository: it need not be there yet."""
    from generator.release import sources

    if not chart_of(needed.resolved).is_released:
        return False
    try:
        source = sources.find(root, needed.resolved.data.get("chart") or {})
    except Rejected:  # the release itself reports what is wrong with the chart
        return True
    return source is not None and source.version in (OPEN, needed.version)
