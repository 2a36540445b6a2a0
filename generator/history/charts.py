"""Ask chart repositories whether they have the versions that services move to, and which version a range stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from generator.errors import ConfigError, RefusedError, Rejected
from generator.history.fleet import Fleet, Stand
from generator.history.gates import CHART, Gates
from generator.service.chart import ChartSource, chart_of
from generator.syntax import semver
from generator.syntax.wording import listed
from generator.system.charts.package import OPEN
from generator.system.charts.repository import Repository
from generator.system.helm import Helm

_OFFLINE = "or use --offline with --reason"


class Asked(NamedTuple):
    """A chart version that a service moves to, in the environment in which it does."""

    stand: Stand
    version: str


class _Chart(NamedTuple):
    repository: Repository
    name: str
    version: str


Advice = Callable[[bool], str]
"""Returns what to do about a version that is missing: in the environment's own chart repository, or in another."""


def check_charts(asked: Sequence[Asked], binary: str, gates: Gates, advice: Advice) -> tuple[dict[str, list[str]], str]:
    """Refuse versions that their chart repositories lack: Argo CD would only fail after the merge.

    If the user skips this, nothing is checked; return the services whose charts were not, as of the gate, and a warning.
    Raises RefusedError with all that is missing, or ConfigError.
    """
    charts: dict[_Chart, list[Stand]] = {}
    for stand, version in asked:
        repository = _repository(stand, chart_of(stand.resolved))
        if version and repository.address:
            charts.setdefault(_Chart(repository, chart_of(stand.resolved).name, version), []).append(stand)
    if not charts:
        return {}, ""
    if gates.skips(CHART):
        addresses = sorted({chart.repository.address for chart in charts})
        names = listed(f"{chart.name} {chart.version}" for chart in charts)
        warning = f"did not check that {' and '.join(addresses)} {'has' if len(addresses) == 1 else 'have'} {names}"
        return {CHART: [stand.spec.name for stands in charts.values() for stand in stands]}, warning
    helm = _helm(binary)
    missing = {chart: charts[chart] for chart in sorted(charts) if not _has(helm, chart)}
    if missing:
        messages = [
            f"{at.address} has no chart {name} {version}, which Argo CD would pull from there" for at, name, version in missing
        ]
        is_shared = all(not chart_of(stand.resolved).is_own_repository for stands in missing.values() for stand in stands)
        raise RefusedError("; ".join(messages), advice(is_shared))
    return {}, ""


def _repository(stand: Stand, chart: ChartSource) -> Repository:
    """Return the chart repository of a service: its own, or that of the environment; one without address for a chart in Git."""
    if chart.git or chart.path:
        return Repository("")
    return (
        Repository(chart.repository.rstrip("/")) if chart.is_own_repository else Repository.of(stand.resolved.environment.spec)
    )


def _helm(binary: str) -> Helm:
    from generator.system import helm

    try:
        return helm.find(binary)
    except ConfigError as error:
        raise ConfigError(error.message, f"{error.hint}; {_OFFLINE}") from None


def _has(helm: Helm, chart: _Chart) -> bool:
    from generator.system.charts import repository as chart_repository
    from generator.system.charts.failures import ChartRepositoryError, MissingChartError

    try:
        chart_repository.package(helm, *chart, ask=False)
    except MissingChartError:
        return False
    except ChartRepositoryError as error:
        raise ConfigError(error.message, f"{error.hint}; {_OFFLINE}") from None
    return True


def is_released_here(fleet: Fleet, asked: Asked) -> bool:
    """Tell whether `tiphys release` can put the version into the environment's repository: it need not be there yet."""
    from generator.release import sources

    chart = asked.stand.resolved.data.get("chart") or {}
    if not chart_of(asked.stand.resolved).is_released:
        return False
    try:
        source = sources.find(fleet.root, chart)
    except Rejected:  # the release itself reports what is wrong with the chart
        return True
    return source is not None and source.version in (OPEN, asked.version)


def range_of(stand: Stand) -> str:
    """Return the range of versions by which a service takes its chart from a repository; empty for one version."""
    chart = chart_of(stand.resolved)
    in_git = chart.git or chart.path
    return chart.version if chart.version and not in_git and semver.is_range(chart.version) else ""


class Ranges:
    """What the ranges of chart versions stand for; each repository is asked once for each range."""

    def __init__(self, binary: str, *, offline: bool = False) -> None:
        self._binary, self._offline = binary, offline
        self._known: dict[_Chart, str] = {}

    def pinned(self, stand: Stand) -> Stand:
        """Return a service with the version that its range stands for now; itself if it has no range.

        Raises RefusedError if no version is in the range, and ConfigError if the repository cannot be asked.
        """
        wanted, chart = range_of(stand), chart_of(stand.resolved)
        repository = _repository(stand, chart)
        if not wanted or not repository.address:
            return stand
        where = stand.resolved.environment.name
        if self._offline:
            message = (
                f'{where} takes the chart `{chart.name}` by the range "{wanted}", and only {repository.address} knows which'
            )
            raise ConfigError(f"{message} version that is", f"do not use --offline, or pin chart.version in {where}")
        asked = _Chart(repository, chart.name, wanted)
        if asked not in self._known:
            self._known[asked] = newest(self._binary, asked.repository, asked.name, wanted)
        if not self._known[asked]:
            message = f'{repository.address} has no version of the chart `{chart.name}` in the range "{wanted}" of {where}'
            raise RefusedError(message, f"release one first: tiphys release {stand.spec.name} --env {where}")
        return stand._replace(pinned=self._known[asked])


def newest(binary: str, repository: Repository, name: str, wanted: str) -> str:
    """Return the newest version of a chart in a range; empty if no version fits. Raises ConfigError."""
    from generator.system import helm
    from generator.system.charts import repository as chart_repository

    return chart_repository.newest(helm.find(binary), repository, name, wanted)
