"""Move the set of versions that stood together at a commit: to the next environment, or back to where they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from generator.errors import RefusedError
from generator.history import rollback as single
from generator.history.fleet import Fleet, Stand
from generator.history.ledger.together import Member, Together, together
from generator.history.moves import Move, Version
from generator.history.promotion import Pair, differ, promotion
from generator.history.rollback import Rollback
from generator.history.unfinished import begun
from generator.service.chart import chart_of
from generator.syntax.durations import spoken
from generator.syntax.merge import lookup
from generator.syntax.wording import counted, listed
from generator.workspace.model import ServiceSpec


class PromotedSet(NamedTuple):
    """A set to promote: the services whose version differs in the target, and why others are left out."""

    stood: Together
    pairs: list[Pair]
    notes: list[str]
    """Sentences about the set as a whole, and about the services that are not moved."""


class RestoredSet(NamedTuple):
    """A set to go back to: the services whose version differs now, and why others stay as they are."""

    stood: Together
    rollbacks: list[tuple[Stand, Rollback]]
    notes: list[str]


def to_promote(fleet: Fleet, source: str, target: str, revision: str, now: int) -> PromotedSet:
    """Return what stood in `source` at a commit and is not in `target` now; `now` is in seconds since 1970.

    Raises RefusedError or ConfigError, see `together`.
    """
    stood = together(fleet.root, fleet.workspace, source, revision)
    specs = fleet.specs()
    pairs = pairs_of(fleet, specs, source, target, stood)
    return PromotedSet(stood, pairs, [_whole(stood, now), *_left_out(specs, source, target, stood)])


def pairs_of(fleet: Fleet, specs: dict[str, ServiceSpec], source: str, target: str, stood: Together) -> list[Pair]:
    """Return the services whose version in `target` is not the one that stood in `source`."""
    found = []
    for name, spec in sorted(specs.items()):
        if name in stood.members and {source, target} <= spec.environments.keys():
            pair = _earlier(fleet.stand(spec, source), stood.members[name]), fleet.stand(spec, target)
            if differ(pair):
                _refuse_other_chart(pair[1], stood.members[name], stood)
                found.append(pair)
    return found


def pairs_named(fleet: Fleet, names: Iterable[str], source: str, target: str, stood: Together) -> list[Pair]:
    """Return services of a set as they stood in `source`, and as they are in `target`, whether these differ or not."""
    specs = fleet.specs()
    return [
        (_earlier(fleet.stand(specs[name], source), stood.members[name]), fleet.stand(specs[name], target)) for name in names
    ]


def begun_promotion(fleet: Fleet, source: str, target: str, stood: Together, *, force: bool) -> list[Move]:
    """Return the promotions of a set that a killed run wrote without committing them."""

    def ahead(past: Fleet) -> list[Move]:
        return [promotion(pair, source, target) for pair in pairs_of(past, past.specs(), source, target, stood)]

    return begun(fleet, ahead, force=force)


def to_restore(fleet: Fleet, environment: str, revision: str) -> RestoredSet:
    """Return the way back to what ran in an environment at a commit; raises RefusedError or ConfigError, see `together`."""
    stood = together(fleet.root, fleet.workspace, environment, revision)
    specs = fleet.specs()
    return RestoredSet(stood, rollbacks_of(fleet, specs, environment, stood), list(_unrestored(specs, environment, stood)))


def rollbacks_of(
    fleet: Fleet, specs: dict[str, ServiceSpec], environment: str, stood: Together
) -> list[tuple[Stand, Rollback]]:
    """Return the rollbacks of the services whose version is not the one that stood there."""
    found = []
    for name, spec in sorted(specs.items()):
        member = stood.members.get(name)
        if member is not None and environment in spec.environments:
            stand = fleet.stand(spec, environment)
            if not _is_the_same(_earlier(stand, member), stand):
                _refuse_other_chart(stand, member, stood)
                found.append((stand, single.back_to(stand, member.version.movable, member.later)))
    return found


def begun_rollback(fleet: Fleet, environment: str, stood: Together) -> list[Move]:
    """Return the rollbacks of a set that a killed run wrote without committing them."""

    def ahead(past: Fleet) -> list[Move]:
        return [one.move for _, one in rollbacks_of(past, past.specs(), environment, stood)]

    return begun(fleet, ahead, force=True)


def _is_the_same(before: Stand, now: Stand) -> bool:
    """Tell whether a rollback has nothing to change: a chart in this repository has no version of its own to go back to."""
    in_folder = bool(chart_of(now.resolved).folder)
    was, is_now = (one.version._replace(chart_version="") if in_folder else one.version for one in (before, now))
    return was.agrees_with(is_now)


def _earlier(stand: Stand, member: Member) -> Stand:
    return stand._replace(earlier=member.version.movable)


def versions_of(stood: Together) -> dict[str, Version]:
    """Return the versions of a set, by service."""
    return {name: member.version.movable for name, member in stood.members.items()}


def _refuse_other_chart(now: Stand, member: Member, stood: Together) -> None:
    """Refuse to give a chart the version that a chart of a different name had."""
    named, before = lookup(now.resolved.data, ("chart", "name"))[1] or "", member.version.chart_name
    if before and named and before != named and not chart_of(now.resolved).folder:
        raise RefusedError(
            f"{member.service} used chart {before} {member.version.chart_version} in {stood.environment} at commit {stood.short}, "
            f"and uses chart {named} now: its version is not one of that chart",
            f"choose a commit with chart {named}, or move {member.service} by itself with `tiphys bump`",
        )


def _whole(stood: Together, now: int) -> str:
    """Return the sentence about the set: what it is, and for how long it stood there together."""
    since, until = stood.since(), stood.until(now)
    what = f"{stood.environment} at commit {stood.short}: {counted(len(stood.members), 'service')}"
    if since is None or until is None or not stood.members:
        return what
    replaced = any(member.replaced for member in stood.members.values())
    kept = f"for {spoken(max(0, until - since))}"
    return (
        f"{what}, together there {kept}, until the first was replaced" if replaced else f"{what}, together there {kept} so far"
    )


def _left_out(specs: dict[str, ServiceSpec], source: str, target: str, stood: Together) -> list[str]:
    """Return why services are not part of a promotion, a sentence for each reason."""
    members = stood.members.keys()
    here = {name for name, spec in specs.items() if target in spec.environments}
    there = {name for name, spec in specs.items() if source in spec.environments}
    reasons = [
        (members - specs.keys(), f"ran in {source} then, but no spec has this name now"),
        ((members & specs.keys()) - there, f"ran in {source} then, but {source} does not deploy it now"),
        ((members & there) - here, f"{target} does not deploy it"),
        ((here & there) - members, f"was not deployed to {source} at commit {stood.short}"),
    ]
    return [f"left out: {listed(names)}: {why}" for names, why in _each(reasons)]


def _unrestored(specs: dict[str, ServiceSpec], environment: str, stood: Together) -> Iterable[str]:
    """Yield why services stay as they are, a sentence for each reason."""
    members = stood.members.keys()
    here = {name for name, spec in specs.items() if environment in spec.environments}
    reasons = [
        (members - here, f"ran in {environment} then, but {environment} does not deploy it now: restore its spec from Git"),
        (here - members, f"was not deployed to {environment} at commit {stood.short}, and stays as it is"),
    ]
    for names, why in _each(reasons):
        yield f"not rolled back: {listed(names)}: {why}"


def _each(reasons: list[tuple[set[str], str]]) -> Iterable[tuple[set[str], str]]:
    return [(names, why) for names, why in reasons if names]
