"""Promote services along the chain of environments: what is promoted, and the preconditions of doing so.

In every function A is the environment to promote from (`source`), and B the one to promote to (`target`). A
precondition that is not met raises RefusedError.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.diagnostics import Severity
from generator.errors import ConfigError, RefusedError
from generator.history import charts, moves
from generator.history.charts import Asked, Ranges, range_of
from generator.history.fleet import Fleet, Stand
from generator.history.gates import SOAK, Gates
from generator.history.ledger import releases
from generator.history.moves import Move
from generator.history.unfinished import begun
from generator.pipeline.drift import State
from generator.pipeline.rendered import Programs
from generator.pipeline.run import Mode, Request, run
from generator.service.chart import chart_of
from generator.syntax import semver
from generator.syntax.durations import seconds, spoken
from generator.syntax.wording import listed

Pair = tuple[Stand, Stand]
"""A service as it is in A, and as it is in B."""


def standing(fleet: Fleet, services: Sequence[str], source: str, target: str, ranges: Ranges | None = None) -> list[Pair]:
    """Return the named services, or all whose version differs, as they are in A and as they are in B.

    A chart that A takes by a range, and B by its version, is in A as the version that the range stands for; if no
    repository is asked, it is not promoted. Raises RefusedError, and ConfigError if a repository cannot be asked.
    """
    specs = fleet.specs(services)
    if not services:
        specs = {name: spec for name, spec in specs.items() if source in spec.environments and target in spec.environments}
    found = [(fleet.stand(spec, source), fleet.stand(spec, target)) for spec in specs.values()]
    if ranges is not None:
        found = [(a if range_of(b) else ranges.pinned(a), b) for a, b in found]
    return [pair for pair in found if services or _differs(pair)]


def _differs(pair: Pair) -> bool:
    before, after = (stand.version for stand in pair)
    if is_unknown(pair):
        return True
    return not before._replace(chart_version=_chart(pair) or after.chart_version).agrees_with(after)


def promotion(pair: Pair, source: str, target: str) -> Move:
    """Return the move that copies the version of a service from one environment to another.

    A further image that only one of them has is not copied: it belongs to that environment.
    """
    before, after = pair
    version, name = before.version, before.spec.name
    images = moves.images_to(version.images, after.version.images)
    return Move(name, target, version.image_tag, version.image_digest or None, _chart(pair), source, images)


def _chart(pair: Pair) -> str:
    """Return the chart version to promote, if any: a chart in this repository is the same everywhere, and a range stays.

    A range is a decision of its environment, and never copied to another.
    """
    before, after = pair
    stays = chart_of(before.resolved).folder or range_of(after) or is_unknown(pair)
    return "" if stays else before.version.chart_version


def is_unknown(pair: Pair) -> bool:
    """Tell whether no repository was asked which version a range of A stands for, which B would get."""
    before, after = pair
    return bool(range_of(before)) and not before.pinned and not range_of(after)


def check_ranges(pairs: Sequence[Pair]) -> list[str]:
    """Refuse versions that are not in the range of B; return a remark for each chart that a range of B takes.

    Such a chart needs no change in Git: it is there as soon as B's chart repository has it.
    """
    remarks, wrong = [], []
    for before, after in pairs:
        wanted, version = range_of(after), before.version.chart_version
        service, here, there = before.spec.name, before.resolved.environment.name, after.resolved.environment.name
        if not wanted:
            continue
        exact = semver.parse(version)
        if exact is not None and semver.satisfies(exact, wanted) is False:
            wrong.append(f'{service}: the range "{wanted}" of {there} does not include {version} of {here}')
        remarks.append(
            f'{service}: {there} takes its chart by the range "{wanted}"; '
            f"`tiphys release {service} --from {here} --env {there}` is all that a new version takes"
        )
    if wrong:
        raise RefusedError("; ".join(wrong), f"change chart.version of {pairs[0][1].resolved.environment.name}")
    return remarks


def interrupted(fleet: Fleet, source: str, target: str, ranges: Ranges, *, force: bool) -> list[Move]:
    """Return the promotions that a killed run wrote without committing them."""

    def ahead(past: Fleet) -> list[Move]:
        return [promotion(pair, source, target) for pair in standing(past, (), source, target, ranges)]

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


def check_soak(fleet: Fleet, pairs: Sequence[Pair], source: str, target: str, gates: Gates) -> dict[str, list[str]]:
    """Refuse releases that have not been in A for as long as B requires; the error names all of them.

    If the user skips the soak time, return the services that would have been refused, as of the gate.
    """
    wanted = (fleet.environment(target).spec.get("promotion") or {}).get("soak")
    if not wanted:
        return {}
    befores = {before.spec.name: before for before, _ in pairs}
    found = {
        name: refusal
        for name, before in befores.items()
        if (refusal := _unknown_age(before, target, wanted) or _too_young(fleet, name, source, target, wanted, gates))
    }
    if found and not gates.skips(SOAK):
        messages, hints = zip(*found.values(), strict=True)
        raise RefusedError("; ".join(messages), hints[0] if len(found) == 1 else "wait, or use --skip-soak with --reason")
    return {SOAK: list(found)}


def _unknown_age(before: Stand, target: str, wanted: str) -> tuple[str, str] | None:
    """Return the message and the hint for a version that a range stands for; None for any other."""
    if not before.pinned:
        return None
    source, version = before.resolved.environment.name, before.pinned
    message = (
        f'{source} takes the chart of {before.spec.name} by the range "{range_of(before)}", so Git does not say since when '
        f"it has been {version}; {target} requires {wanted}"
    )
    pin = f"tiphys bump {before.spec.name} --env {source} --chart-version {version}"
    return message, f"pin it (`{pin}`) and wait, or use --skip-soak with --reason"


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


def check_charts(pairs: Sequence[Pair], target: str, binary: str, gates: Gates) -> tuple[dict[str, list[str]], str]:
    """Refuse charts that the chart repository of B, or of the service, lacks.

    Return the services whose charts were not checked, as of the gate, and a warning. Raises RefusedError or ConfigError.
    """

    def advice(is_shared: bool) -> str:
        release = f"release it first: tiphys release --from {pairs[0][0].resolved.environment.name} --env {target}"
        return release if is_shared else f"set a chart version that it has for {target}"

    return charts.check_charts([Asked(pair[1], _chart(pair)) for pair in pairs], binary, gates, advice)
