"""Promote services along the chain of environments: what is promoted, and the preconditions of doing so.

In every function A is the environment to promote from (`source`), and B the one to promote to (`target`). A
precondition that is not met raises RefusedError.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.diagnostics import Severity
from generator.errors import ConfigError, RefusedError
from generator.history import moves
from generator.history.chart_gate import Hints, Needed
from generator.history.fleet import Fleet, Stand
from generator.history.ledger.past import write_past
from generator.history.moves import Move
from generator.history.ranges import Ranges, range_of
from generator.history.unfinished import begun
from generator.pipeline.drift import State
from generator.pipeline.rendered import Programs
from generator.pipeline.run import Mode, Request, run
from generator.service.chart import chart_of
from generator.syntax import semver
from generator.syntax.commit_ids import short_id
from generator.syntax.wording import listed
from generator.system.files.scratch import scratch

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
    return [pair for pair in found if services or differ(pair)]


def differ(pair: Pair) -> bool:
    """Tell whether the two have different versions, as far as a promotion copies them, or whether that is unknown."""
    before, after = (stand.version for stand in pair)
    return is_unknown(pair) or not before._replace(chart_version=_chart(pair) or after.chart_version).agrees_with(after)


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


def unasked(pairs: Sequence[Pair]) -> list[str]:
    """Return a sentence for each chart that is left out as no repository was asked for it."""
    return [
        f'{before.spec.name}: {before.resolved.environment.name} takes its chart by the range "{range_of(before)}", '
        "and no chart repository was asked: left out"
        for before, after in pairs
        if is_unknown((before, after))
    ]


def check_ranges(pairs: Sequence[Pair]) -> list[str]:
    """Refuse versions that are not in the range of B; return a remark for each chart that a range decides about.

    One that a range of B takes needs no change in Git: it is there as soon as B's chart repository has it. What a range
    of A stood for at an earlier commit, nothing records.
    """
    remarks = [
        f'{before.spec.name}: {before.resolved.environment.name} took its chart by the range "{range_of(before)}", so its version '
        f"then is not known; {after.resolved.environment.name} keeps its chart"
        for before, after in pairs
        if is_unknown((before, after))
    ]
    wrong = []
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


def check_drift(fleet: Fleet, names: Sequence[str], source: str, programs: Programs, commit: str = "") -> None:
    """Refuse to promote from an environment with drift: what was tested there is not what the specs declare.

    With `commit`, it is asked of the files of that commit.
    """
    if not commit:
        _check_drift(Request(fleet.root, Mode.CHECK, tuple(names), (source,), parsed=fleet.parsed, programs=programs), source)
        return
    with scratch("set") as folder:
        write_past(fleet.root, commit, folder, generated=True)
        _check_drift(Request(folder, Mode.CHECK, tuple(names), (source,), programs=programs), source, commit)


def _check_drift(request: Request, source: str, commit: str = "") -> None:
    outcome = run(request)
    where = f"{source} at commit {short_id(commit)}" if commit else source
    if outcome.is_unrendered:
        first = next(found for found in outcome.diagnostics if found.severity is Severity.ERROR)
        raise ConfigError(f"{where} cannot be rendered: {first.message}", first.hint)
    wrong = [change.path for change in outcome.changes if change.state is not State.UNOWNED]
    if outcome.blocked or wrong:
        what = (
            f"{listed(wrong, most=3)} {'is' if len(wrong) == 1 else 'are'} not what the specs generate"
            if wrong
            else "its specs have errors"
        )
        hint = "fix the drift (`tiphys check`): what was tested is not what is in Git"
        if commit:
            hint = "choose a commit at which `tiphys check` of this version passes: what was tested there is not what is in Git"
        raise RefusedError(f"{where} is not clean: {what}", hint)


def charts_needed(pairs: Sequence[Pair]) -> list[Needed]:
    """Return the charts that B needs after a promotion."""
    return [Needed(pair[0].spec.name, _chart(pair), pair[1].resolved) for pair in pairs]


def charts_missing(source: str, target: str) -> Hints:
    """Return what to do if a chart repository lacks a chart to promote."""
    return Hints(
        f"release it first: tiphys release --from {source} --env {target}", f"set a chart version that it has for {target}"
    )
