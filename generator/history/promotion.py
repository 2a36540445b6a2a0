"""Promote services along the chain of environments: what is promoted, and the preconditions of doing so.

In every function A is the environment to promote from (`source`), and B the one to promote to (`target`). A
precondition that is not met raises RefusedError.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.diagnostics import Severity
from generator.errors import ConfigError, RefusedError
from generator.history import moves
from generator.history.fleet import Fleet, Stand
from generator.history.gates import CHART, SOAK, Gates
from generator.history.ledger import releases
from generator.history.moves import Move
from generator.history.unfinished import begun
from generator.pipeline.drift import State
from generator.pipeline.rendered import Programs
from generator.pipeline.run import Mode, Request, run
from generator.service.chart import chart_of
from generator.syntax.durations import seconds, spoken
from generator.syntax.wording import listed

Pair = tuple[Stand, Stand]
"""A service as it is in A, and as it is in B."""


def standing(fleet: Fleet, services: Sequence[str], source: str, target: str) -> list[Pair]:
    """Return the named services, or all whose version differs, as they are in A and as they are in B."""
    specs = fleet.specs(services)
    if not services:
        specs = {name: spec for name, spec in specs.items() if source in spec.environments and target in spec.environments}
    found = [(fleet.stand(spec, source), fleet.stand(spec, target)) for spec in specs.values()]
    return [
        (a, b)
        for a, b in found
        if services or not a.version._replace(chart_version=_chart(a)).agrees_with(b.version._replace(chart_version=_chart(b)))
    ]


def promotion(pair: Pair, source: str, target: str) -> Move:
    """Return the move that copies the version of a service from one environment to another.

    A further image that only one of them has is not copied: it belongs to that environment.
    """
    before, after = pair
    version, name = before.version, before.spec.name
    images = moves.images_to(version.images, after.version.images)
    return Move(name, target, version.image_tag, version.image_digest or None, _chart(before), source, images)


def _chart(before: Stand) -> str:
    """Return the chart version to promote; empty for a chart in this repository, which all environments share."""
    return "" if chart_of(before.resolved).folder else before.version.chart_version


def interrupted(fleet: Fleet, source: str, target: str, *, force: bool) -> list[Move]:
    """Return the promotions that a killed run wrote without committing them."""

    def ahead(past: Fleet) -> list[Move]:
        return [promotion(pair, source, target) for pair in standing(past, (), source, target)]

    return begun(fleet, ahead, force=force)


def staying(pairs: Sequence[Pair]) -> list[tuple[str, list[str]]]:
    """Return, by service, the settings that differ between A and B and are not promoted; only services with any."""
    found = [(before.spec.name, moves.staying(before.resolved, after.resolved)) for before, after in pairs]
    return [(name, stays) for name, stays in found if stays]


def check_chain(fleet: Fleet, source: str, target: str) -> None:
    """Refuse to skip an environment of the chain; raises ConfigError for an unknown environment."""
    fleet.environment(source)
    expected = fleet.environment(target).promoted_from
    if expected != source:
        chain = f"{target} is promoted from {expected}" if expected else f"{target} is the first in its chain"
        raise RefusedError(f"{source} is not before {target}: {chain}", "promote along the chain, one environment at a time")


def check_drift(fleet: Fleet, names: Sequence[str], source: str, programs: Programs) -> None:
    """Refuse to promote from an environment with drift: what was tested there is not what the specs declare."""
    outcome = run(Request(fleet.root, Mode.CHECK, tuple(names), (source,), parsed=fleet.parsed, programs=programs))
    if outcome.is_unrendered:
        first = next(found for found in outcome.diagnostics if found.severity is Severity.ERROR)
        raise ConfigError(f"{source} cannot be rendered: {first.message}", first.hint)
    wrong = [change.path for change in outcome.changes if change.state is not State.UNOWNED]
    if outcome.blocked or wrong:
        what = (
            f"{listed(wrong, most=3)} {'is' if len(wrong) == 1 else 'are'} not what the specs generate"
            if wrong
            else "its specs have errors"
        )
        raise RefusedError(
            f"{source} is not clean: {what}", "fix the drift (`tiphys check`): what was tested is not what is in Git"
        )


def check_soak(fleet: Fleet, names: Sequence[str], source: str, target: str, gates: Gates) -> dict[str, list[str]]:
    """Refuse releases that have not been in A for as long as B requires; the error names all of them.

    If the user skips the soak time, return the services that would have been refused, as of the gate.
    """
    wanted = (fleet.environment(target).spec.get("promotion") or {}).get("soak")
    if not wanted:
        return {}
    found = {name: refusal for name in names if (refusal := _too_young(fleet, name, source, target, wanted, gates))}
    if found and not gates.skips(SOAK):
        messages, hints = zip(*found.values(), strict=True)
        raise RefusedError("; ".join(messages), hints[0] if len(found) == 1 else "wait, or use --skip-soak with --reason")
    return {SOAK: list(found)}


def _too_young(fleet: Fleet, name: str, source: str, target: str, wanted: str, gates: Gates) -> tuple[str, str] | None:
    """Return the message and the hint for a release that has not been in A for long enough; None for any other."""
    try:
        ledger = releases(fleet.root, fleet.workspace, name, source)
    except ConfigError as error:
        if not gates.skips(SOAK):
            raise
        return error.message, error.hint  # without a history there is nothing that could be old enough
    if not ledger.releases:
        return f"{name} in {source} is not committed yet", "commit it, and wait for the soak time"
    release = ledger.releases[0]
    if release.when is None:
        return (
            f"{name} is in {source} since commit {release.commit[:10]}, which has no valid date",
            "release it to that environment again, or use --skip-soak with --reason",
        )
    age = gates.now - int(release.when.timestamp())
    left = seconds(wanted) - age
    if left <= 0:
        return None
    message = f"{name} has been in {source} for {spoken(max(0, age))}; {target} requires {wanted}"
    return message, f"wait {spoken(max(1, left))} more, or use --skip-soak with --reason"


def check_charts(
    fleet: Fleet, pairs: Sequence[Pair], target: str, binary: str, gates: Gates
) -> tuple[dict[str, list[str]], str]:
    """Refuse charts that the chart repository of B, or of the service, lacks: Argo CD would only fail after the merge.

    If the user skips this, nothing is checked; return the services whose charts were not, as of the gate, and a warning.
    Raises RefusedError or ConfigError.
    """
    from generator.system.charts.repository import Repository

    shared = Repository.of(fleet.environment(target).spec)
    charts: dict[tuple[Repository, str, str], list[str]] = {}
    for before, after in pairs:
        chart = chart_of(after.resolved)
        repository = Repository(chart.repository.rstrip("/")) if chart.is_own_repository else shared
        if _chart(before) and repository.address and not chart.path:
            charts.setdefault((repository, chart.name, _chart(before)), []).append(before.spec.name)
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

    found = helm.find(binary)
    for repository, name, version in sorted(charts):
        try:
            chart_repository.package(found, repository, name, version, ask=False)
        except MissingChartError:
            release = f"release it first: tiphys release --from {pairs[0][0].resolved.environment.name} --env {target}"
            raise RefusedError(
                f"{repository.address} has no chart {name} {version}, which Argo CD would pull from there",
                release if repository == shared else f"set a chart version that it has for {target}",
            ) from None
        except ChartRepositoryError as error:
            raise ConfigError(error.message, f"{error.hint}; or use --offline with --reason") from None
    return {}, ""
