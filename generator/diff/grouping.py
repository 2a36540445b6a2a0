"""Report the same change in many places once."""

from __future__ import annotations

from collections.abc import Iterable

from generator.diff.model import Change, Entry, Placed, State, Where
from generator.diff.risks import RISKS, Level
from generator.diff.states import changes
from generator.syntax.alignment import canonical
from generator.syntax.leaves import ABSENT

_LEVELS = list(Level)
_IDS = list(RISKS)


def entries(pairs: Iterable[tuple[State | None, State | None]]) -> list[Entry]:
    """Return what changes in all pairs of states, each change once, the riskiest first."""
    found: dict[tuple[str, ...], tuple[Change, list[Where]]] = {}
    for old, new in pairs:
        state = new or old
        if state is None:
            continue
        for change in changes(old, new):
            where = Where(state.service, state.environment, state.production)
            _, places = found.setdefault(_identity(change, RISKS[change.risk].at(production=state.production)), (change, []))
            if where not in places:
                places.append(where)
    made = [Entry(change, tuple(places)) for change, places in found.values()]
    return sorted(made, key=order)


def order(entry: Placed) -> tuple[object, ...]:
    """Return the key by which entries sort: level, then production, then the worst kind, then place."""
    first = entry.where[0]
    return (
        _LEVELS.index(entry.level),
        not entry.production,
        _IDS.index(entry.change.risk),
        first.environment,
        first.service,
    )


def _identity(change: Change, level: Level) -> tuple[str, ...]:
    """Return what a change shares with the same one in another place, where it matters as much."""
    return (change.sentence, change.path, *sides(change), change.risk, level)


def sides(change: Change) -> list[str]:
    """Return both sides of a change as texts that are the same for the same data; empty where there is nothing."""
    return ["" if side is ABSENT else canonical(side) for side in (change.before, change.after)]
