"""The same difference of the same object in many services, told once."""

from __future__ import annotations

from collections.abc import Iterable

from generator.diff.grouping import order, sides
from generator.diff.model import Where
from generator.diff.rendered.model import Cause, Difference, ObjectEntry
from generator.diff.risks import RISKS, Level


def grouped(found: Iterable[tuple[Where, Difference]]) -> list[ObjectEntry]:
    """Return each difference once, the riskiest first; those of one object in one place stay together."""
    made: dict[tuple[str, ...], tuple[Difference, list[Where], list[Cause]]] = {}
    for where, difference in found:
        level = RISKS[difference.change.risk].at(production=where.production)
        _, places, causes = made.setdefault(_identity(difference, level), (difference, [], []))
        if where not in places:
            places.append(where)
        if difference.cause not in causes:
            causes.append(difference.cause)
    entries = [ObjectEntry(difference, tuple(places), tuple(causes)) for difference, places, causes in made.values()]
    return sorted(entries, key=order)


def _identity(difference: Difference, level: Level) -> tuple[str, ...]:
    change = difference.change
    path = change.path.partition(": ")[2]
    what = (difference.kind, difference.general, change.sentence, path, *sides(change), change.risk, difference.noise)
    return (*what, str(difference.effect), level)
