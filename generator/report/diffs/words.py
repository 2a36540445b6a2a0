"""The phrases of a comparison: what came of it, and where a change is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from generator.diff import Comparison, Where
from generator.diff.model import Failure, Placed
from generator.diff.risks import ROUTINE, Level
from generator.syntax.wording import counted

NOTHING = "nothing changes in the deployment"
MOST_NAMES = 12
"""Services that are named of a place; more are counted."""


def verdict(comparison: Comparison) -> str:
    """Return what came of the comparison, in one line."""
    if not comparison.changes_anything:
        lacks = comparison.failures or (comparison.cluster and (comparison.cluster.unrendered or comparison.cluster.why))
        return f"{NOTHING}, as far as it can be compared" if lacks else NOTHING
    places = comparison.places
    services = {place.service for place in places if place.service}
    environments = {place.environment_name for place in places}
    what = counted(len(services), "service") if services else counted(len(places), "root Application")
    verb = "changes" if (len(services) or len(places)) == 1 else "change"
    parts = [f"{what} {verb} in {counted(len(environments), 'environment')}"]
    for name in sorted({place.environment_name for place in places if place.production}):
        here = {place.service for place in places if place.environment_name == name and place.service}
        parts += [f"{name}: {counted(len(here), 'service')}"] if here else [f"{name}: root Application"]
    removed = {place for entry in comparison.entries if entry.change.risk == "service-removed" for place in entry.where}
    parts.append(counted(len(removed), "removal"))
    parts += [f"{comparison.count(level)} {level.value}" for level in Level if comparison.count(level)]
    if comparison.cluster and comparison.cluster.refused:
        parts.append(f"{len(comparison.cluster.refused):,} refused by Kubernetes")
    return " · ".join(parts)


_One = TypeVar("_One", bound=Placed)


def blocks(entries: Iterable[_One]) -> Iterator[tuple[tuple[Where, ...], list[_One]]]:
    """Yield entries by where they are, those with the riskiest first."""
    found: dict[tuple[Where, ...], list[_One]] = {}
    for entry in entries:
        found.setdefault(entry.where, []).append(entry)
    yield from found.items()


def place(where: Sequence[Where], most: int = MOST_NAMES) -> str:
    """Return where a change is: `prod checkout`, `dev and staging: 12 services (ad, cart, …)`."""
    if len(where) == 1:
        return str(where[0])
    by_environment: dict[str, list[str]] = {}
    for one in where:
        by_environment.setdefault(one.environment, []).append(one.service or "(root)")
    same: dict[tuple[str, ...], list[str]] = {}
    for environment, services in by_environment.items():
        same.setdefault(tuple(sorted(services)), []).append(environment)
    return "; ".join(f"{_and(environments)} {_services(names, most)}" for names, environments in same.items())


def _services(names: Sequence[str], most: int) -> str:
    if len(names) == 1:
        return names[0]
    shown = ", ".join(names[:most])
    return f"({counted(len(names), 'service')}: {shown}{', …' if len(names) > most else ''})"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def why(entry: Placed) -> str:
    """Return the id of the risk and why it is one; empty where nothing is known to speak against a change."""
    return "" if entry.risk.id == ROUTINE else f"{entry.risk.id}: {entry.risk.why}"


def moved(service: str, old: str, new: str) -> str:
    """Return the sentence for a spec that moved."""
    return f"{service}: spec moved from {old} to {new}"


def renamed(path: str, old: str, new: str) -> str:
    """Return that a service is called otherwise now."""
    return f"{path}: {old} was renamed to {new}; Argo CD deletes {old} and creates {new}"


def notes(comparison: Comparison) -> Iterator[str]:
    """Yield notes about the comparison in addition to the changes, one sentence each."""
    for service, environment, paths in comparison.staying:
        yield f"{environment} {service} is unchanged: {', '.join(paths)}"
    for one in comparison.confirmations:
        yield f"{one.environment}: {one.message}"
        if one.advice:
            yield f"{one.environment}: {one.advice}"
    for names in comparison.renamed:
        yield renamed(*names)
    for names in comparison.moved:
        yield moved(*names)


def at_fault(failure: Failure, comparison: Comparison) -> str:
    """Return what could not be compared, and which side it is that cannot be read."""
    what = place([Where(*pair, False) for pair in failure.pairs]) if failure.pairs else "something"
    side = comparison.base if failure.side == "base" else comparison.head
    return f"{what} cannot be compared: {side} has errors"
