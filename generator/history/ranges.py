"""Which version a range of a chart stands for; only its repository knows, and it is asked for the newest one."""

from __future__ import annotations

from typing import NamedTuple

from generator.errors import ConfigError, RefusedError
from generator.history.chart_gate import repository_of
from generator.history.fleet import Stand
from generator.service.chart import chart_of
from generator.syntax import semver
from generator.system.charts.repository import Repository


class _Chart(NamedTuple):
    repository: Repository
    name: str
    version: str


def range_of(stand: Stand) -> str:
    """Return the range of versions by which a service takes, or took, its chart from a repository; empty for one version."""
    chart = chart_of(stand.resolved)
    version = stand.earlier.chart_version if stand.earlier else chart.version
    in_git = chart.git or chart.path
    return version if version and not in_git and semver.is_range(version) else ""


class Ranges:
    """What the ranges of chart versions stand for; each repository is asked once for each range."""

    def __init__(self, binary: str, *, offline: bool = False) -> None:
        self._binary, self._offline = binary, offline
        self._known: dict[_Chart, str] = {}
        self._broken: dict[Repository, ConfigError] = {}
        """Repositories that do not answer: asking them again takes time for nothing."""

    def pinned(self, stand: Stand) -> Stand:
        """Return a service with the version that its range stands for now; itself if it has no range.

        Raises RefusedError if no version is in the range, and ConfigError if the repository cannot be asked.
        """
        wanted, chart = range_of(stand), chart_of(stand.resolved)
        repository = repository_of(stand.resolved)
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
            self._known[asked] = self._newest(asked)
        if not self._known[asked]:
            message = f'{repository.address} has no version of the chart `{chart.name}` in the range "{wanted}" of {where}'
            raise RefusedError(message, f"release one first: tiphys release {stand.spec.name} --env {where}")
        return stand._replace(pinned=self._known[asked])

    def _newest(self, chart: _Chart) -> str:
        from generator.system import helm
        from generator.system.charts import repository as chart_repository

        if chart.repository in self._broken:
            raise self._broken[chart.repository].with_traceback(None)
        try:
            return chart_repository.newest(helm.find(self._binary), *chart)
        except ConfigError as error:
            self._broken[chart.repository] = error
            raise
