"""The soak time: how long a release must have been in the environment that it is promoted from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.errors import ConfigError, RefusedError
from generator.history.fleet import Fleet, Stand
from generator.history.gates import SOAK, Gates
from generator.history.ledger import releases
from generator.history.ledger.together import Together
from generator.history.ranges import range_of
from generator.syntax.durations import seconds, spoken
from generator.system.git.commits import Commit

_SKIP = "use --skip-soak with --reason"


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
    until the commit that replaced it. If the user skips the soak time, return the services that would have been refused,
    as of the gate.
    """
    wanted = (fleet.environment(target).spec.get("promotion") or {}).get("soak")
    if not wanted:
        return {}
    found = {
        before.spec.name: refusal
        for before in befores
        if (
            refusal := _of_range(before, target, wanted)
            or _refusal(fleet, before.spec.name, source, target, wanted, gates, stood)
        )
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


def _refusal(
    fleet: Fleet, name: str, source: str, target: str, wanted: str, gates: Gates, stood: Together | None
) -> tuple[str, str] | None:
    """Return the message and the hint for a release that was not in the source for long enough; None for any other."""
    if stood is not None:
        member = stood.members[name]
        return _too_short(name, _Stay(member.landed, member.replaced), source, target, wanted, gates)
    try:
        ledger = releases(fleet.root, fleet.workspace, name, source)
    except ConfigError as error:
        if not gates.skips(SOAK):
            raise
        return error.message, error.hint  # without a history there is nothing that could be old enough
    if not ledger.releases:
        return f"{name} in {source} is not committed yet", "commit it, and wait for the soak time"
    return _too_short(name, _Stay(ledger.releases[0].landed), source, target, wanted, gates)


def _too_short(name: str, stay: _Stay, source: str, target: str, wanted: str, gates: Gates) -> tuple[str, str] | None:
    start = stay.since.landed_at
    if start is None:
        return (
            f"{name} is in {source} since commit {stay.since.id[:10]}, which has no valid date",
            f"release it to that environment again, or {_SKIP}",
        )
    end = stay.until.landed_at if stay.until else None
    if stay.until and end is None:
        message = f"{name} was in {source} until commit {stay.until.id[:10]}, which has no valid date"
        return message, f"choose the versions of a different commit, or {_SKIP}"
    age = (int(end.timestamp()) if end else gates.now) - int(start.timestamp())
    left = seconds(wanted) - age
    if left <= 0:
        return None
    if stay.until:
        message = (
            f"{name} was in {source} for {spoken(max(0, age))}, until commit {stay.until.id[:10]}; {target} requires {wanted}"
        )
        return message, f"choose a commit whose versions were there for longer, or {_SKIP}"
    message = f"{name} has been in {source} for {spoken(max(0, age))}; {target} requires {wanted}"
    return message, f"wait {spoken(max(1, left))} more, or {_SKIP}"
