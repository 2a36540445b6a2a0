"""The same difference of the same object in many services, told once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from generator.diff.grouping import order, sides
from generator.diff.model import Where
from generator.diff.rendered.model import Cause, Difference, ObjectEntry
from generator.diff.risks import RISKS, Level

_SERVICE = "{service}"


def grouped(found: Iterable[tuple[Where, Difference]]) -> list[ObjectEntry]:
    """Return each difference once, the riskiest first; those of one object in one place stay together."""
    made: dict[tuple[str, ...], tuple[Difference, list[Where], list[Cause]]] = {}
    for where, difference in found:
        level = RISKS[difference.change.risk].at(production=where.production)
        general = _generalized(difference)
        key = _identity(general, level)
        first, places, causes = made.setdefault(key, (difference, [], []))
        if first.change.sentence != difference.change.sentence:
            made[key] = (general, places, causes)
        if where not in places:
            places.append(where)
        if difference.cause not in causes:
            causes.append(difference.cause)
    entries = [ObjectEntry(difference, tuple(places), tuple(causes)) for difference, places, causes in made.values()]
    return sorted(entries, key=order)


def _generalized(difference: Difference) -> Difference:
    """Return a difference with `{service}` for the name of the service in its texts, as in that of the object."""
    rest = difference.general.removeprefix(_SERVICE)
    name = difference.name.removesuffix(rest) if rest != difference.general else ""
    if not name:
        return difference
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?!\w)")
    change = difference.change
    sides = (_named(change.before, word), _named(change.after, word))
    sentence = word.sub(_SERVICE, change.sentence)
    return difference._replace(change=change._replace(sentence=sentence, before=sides[0], after=sides[1]))


def _named(value: Any, word: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return word.sub(_SERVICE, value)
    if isinstance(value, dict):
        return {key: _named(item, word) for key, item in value.items()}
    return [_named(item, word) for item in value] if isinstance(value, list) else value


def _identity(difference: Difference, level: Level) -> tuple[str, ...]:
    change = difference.change
    path = change.path.partition(": ")[2]
    what = (difference.kind, difference.general, change.sentence, path, *sides(change), change.risk, difference.noise)
    return (*what, str(difference.effect), level)
