"""Copy identical packages from one environment's chart repository to another's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.errors import ConfigError, RefusedError, Rejected
from generator.release import agreement, sources
from generator.release.delivery import Candidate, Report, Result, State, deliver
from generator.release.destination import Target
from generator.service.build import Built
from generator.service.chart import chart_of
from generator.syntax import semver
from generator.syntax.wording import listed
from generator.system.charts import repository as chart_repository
from generator.system.charts.failures import MissingChartError
from generator.system.charts.package import OPEN, Package
from generator.system.charts.repository import Repository
from generator.system.helm import Helm
from generator.workspace.model import Environment


class Ask(NamedTuple):
    """A chart version, or range, that services request."""

    name: str
    version: str


def promote(root: str, before: Sequence[Built], after: Sequence[Built], helm: Helm, target: Target, *, dry_run: bool) -> Report:
    """Promote the charts that services use in the previous environment.

    `before` and `after` are the services of the two environments. Only services in both count: with the
    versions they use in the first, which are promoted, and the versions they request in the second that
    are not there yet. Packages are copied unchanged, and verified by their digest.
    """
    before, after = ([item for item in built if chart_of(item.resolved).is_released] for built in (before, after))
    both = {item.resolved.service for item in before} & {item.resolved.service for item in after}
    here, there = ([item for item in built if item.resolved.service in both] for built in (before, after))
    if not here:
        raise RefusedError(
            "no service is deployed to both environments, so there is nothing to promote", "add both under spec.environments"
        )
    try:
        asks, more = _asks(root, here), _asks(root, there)
    except Rejected as rejected:
        return Report([], list(rejected.diagnostics))
    asks |= {ask: who for ask, who in more.items() if ask not in asks and semver.parse(ask.version) and not target.find(*ask)}
    if not asks:
        names = listed({item.resolved.data["chart"]["name"] for item in here})
        raise RefusedError(f"no service requests a version of {names}", "set chart.version in the spec")
    found, missing = _pulled(helm, here[0].resolved.environment, asks)
    if missing:
        held = [Result(package.name, package.version, State.HELD, package.digest, who) for package, who in found.items()]
        return Report([*missing, *held], [])
    hint = "released versions are immutable: release a new version to the first environment, and promote that"
    candidates = [Candidate(package, services, hint) for package, services in found.items()]
    return Report(deliver(target, candidates, dry_run=dry_run), [])


def _pulled(
    helm: Helm, environment: Environment, asks: Mapping[Ask, tuple[str, ...]]
) -> tuple[dict[Package, tuple[str, ...]], list[Result]]:
    """Return the packages that an environment's repository has, and a refusal for each that it lacks."""
    repository = Repository.of(environment.spec)
    if not repository.address:
        message = f"{environment.name} has no chart repository"
        raise ConfigError(message, f"set spec.chart.repository in {environment.source.path}")
    found: dict[Package, tuple[str, ...]] = {}
    missing = []
    publishes = "publish" in environment.spec["chart"]
    for ask, services in asks.items():
        try:
            package = chart_repository.package(helm, repository, *ask)
        except MissingChartError as error:
            hint = f"{error.hint}; a version that was just released may not be served yet" if publishes else error.hint
            missing.append(Result(*ask, State.REFUSED, "", services, error.message, hint, 1))
        else:
            found[package] = tuple(sorted({*found.get(package, ()), *services}))
    return found, missing


def _asks(root: str, built: Sequence[Built]) -> dict[Ask, tuple[str, ...]]:
    """Return the requested versions, with the services that request them."""
    asks: dict[Ask, tuple[str, ...]] = {}
    for item in built:
        chart = item.resolved.data["chart"]
        source = sources.find(root, chart) if chart.get("path") and not agreement.asked(item) else None
        version = source.version if source else agreement.asked(item)
        if version and version != OPEN:
            ask = Ask(chart["name"], version)
            asks[ask] = (*asks.get(ask, ()), item.resolved.service)
    return asks
