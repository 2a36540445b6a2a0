"""The soak time: how long a release must have been in the environment that it is promoted from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from generator.errors import ConfigError, RefusedError
from generator.history.fleet import Fleet, Stand
from generator.history.gates import SOAK, Gates
from generator.history.ledger import releases
from generator.history.ledger.times import Landed, Times
from generator.history.ledger.together import Together
from generator.history.ranges import range_of
from generator.syntax.commit_ids import short_id
from generator.syntax.durations import seconds, spoken
from generator.system.git.commits import Commit

_SKIP = "use --skip-soak with --reason"
_OTHER = "choose a commit whose versions were there for longer"


class _Stay(NamedTuple):
    """How long a release was in an environment."""

    since: Commit
    until: Commit | None = None
    """The commit that replaced it; None if it is still there."""


def check_soak(
    fleet: Fleet, befores: Sequence[Stand], source: str, target: str, gates: Gates, stood: Together | None = None
) -> dict[str, list[str]]:
    """Refuse releases that were not in `source` for as long as `target` requires; the error names all of them.

    `befores` are the services as they are in `source`.
    The time counts from the commit that brought a release until now; for the versions of an earlier commit (`stood`),
    until the commit that replaced it. Their dates are bounded, see `Times`. If the user skips the soak time, return the
    services that would have been refused, as of the gate.
    """
    wanted = (fleet.environment(target).spec.get("promotion") or {}).get("soak")
    if not wanted:
        return {}
    asked = _Asked(fleet, source, target, wanted, gates)
    found = {
        before.spec.name: refusal
        for before in befores
        if (refusal := _of_range(before, target, wanted) or asked.refusal(before.spec.name, stood))
    }
    if found and not gates.skips(SOAK):
        messages, hints = zip(*found.values(), strict=True)
        raise RefusedError("; ".join(messages), hints[0] if len({*hints}) == 1 else f"wait, or {_SKIP}")
    return {SOAK: list(found)}


def _of_range(before: Stand, target: str, wanted: str) -> tuple[str, str] | None:
    """Return the message and the hint for a version that a range stands for; None for any other."""
    if not before.pinned:
        return None
    source, version = before.resolved.environment.name, before.pinned
    message = (
        f'{source} takes the chart of {before.spec.name} by the range "{range_of(before)}", so Git does not say since when '
        f"it has been {version}; {target} requires {wanted}"
    )
    pin = f"tiphys bump {before.spec.name} --env {source} --chart-version {version}"
    return message, f"pin it (`{pin}`) and wait, or {_SKIP}"


class _Asked:
    """A soak time that is asked of services."""

    def __init__(self, fleet: Fleet, source: str, target: str, wanted: str, gates: Gates) -> None:
        self._fleet = fleet
        self._source, self._target = source, target
        self._wanted = wanted
        self._gates = gates

    @cached_property
    def _times(self) -> Times:
        return Times(self._fleet.root, self._gates.now)

    def refusal(self, name: str, stood: Together | None) -> tuple[str, str] | None:
        """Return the message and the hint for a release that was not in the source for long enough; None for any other."""
        if stood is not None:
            member = stood.members[name]
            return self._too_short(name, _Stay(member.landed, member.replaced))
        try:
            ledger = releases(self._fleet.root, self._fleet.workspace, name, self._source)
        except ConfigError as error:
            if not self._gates.skips(SOAK):
                raise
            return error.message, error.hint  # without a history there is nothing that could be old enough
        if not ledger.releases:
            return f"{name} in {self._source} is not committed yet", "commit it, and wait for the soak time"
        refused = self._too_short(name, _Stay(ledger.releases[0].landed))
        if refused and not ledger.complete and len(ledger.releases) == 1:
            message, hint = refused
            return (
                f"{message}; this clone is shallow, so it may have been there for longer",
                f"run git fetch --unshallow, or {hint}",
            )
        return refused

    def _too_short(self, name: str, stay: _Stay) -> tuple[str, str] | None:
        where = f"{name} is in {self._source} since" if stay.until is None else f"{name} was in {self._source} until"
        again = "release it to that environment again" if stay.until is None else _OTHER
        for commit in (stay.since, stay.until):
            if commit is not None and commit.landed_at is None:
                return f"{where} commit {short_id(commit.id)}, which has no valid date", f"{again}, or {_SKIP}"
        began = self._times.began(stay.since)
        ended = self._times.ended(stay.until, began.at) if stay.until else Landed(self._gates.now)
        future = next((one for one in (began, ended) if one.is_future), None)
        if future is not None:
            said = f"{name} has been in {self._source} for an unknown time: {future.doubt}"
            return f"{said}; {self._target} requires {self._wanted}", f"{again}, or {_SKIP}"
        left = seconds(self._wanted) - (ended.at - began.at)
        if left <= 0:
            return None
        doubt = "".join(f"; {one.doubt}" for one in (began, ended) if one.doubt)
        age = spoken(max(0, ended.at - began.at))
        if stay.until:
            said = f"{name} was in {self._source} for {age}, until commit {short_id(stay.until.id)}"
            return f"{said}; {self._target} requires {self._wanted}{doubt}", f"{_OTHER}, or {_SKIP}"
        said = f"{name} has been in {self._source} for {age}; {self._target} requires {self._wanted}{doubt}"
        return said, f"wait {spoken(max(1, left))} more, or {_SKIP}"
