"""The order of the destinations of an environment, by what the old Applications say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from generator.adopt.settings import Settings
from generator.kubernetes.phases import WAVE, number


def waves_of(cells: Sequence[Settings]) -> list[list[str]]:
    """Return the order of destinations that sync waves of all services give, or else the steps of an ApplicationSet; may be empty."""
    found = _grouped(_by_sync_wave(cells))
    if found and [*found] == [*range(len(found))]:  # else Tiphys would write other annotations
        return list(found.values())
    return list(_grouped([(one.cell.destination, one.cell.found.step) for one in cells]).values())


def _by_sync_wave(cells: Sequence[Settings]) -> Iterator[tuple[str, int | None]]:
    for one in cells:
        first, own = _first_wave(one, cells), _wave(one)
        yield one.cell.destination, own - first if first is not None and own is not None else None


def _grouped(found: Iterable[tuple[str, int | None]]) -> dict[int, list[str]]:
    """Return destinations by their numbers, in order; empty if one has several numbers, or all have the same."""
    groups: dict[int, set[str]] = {}
    for name, place in found:
        if place is None or not name:
            return {}
        groups.setdefault(place, set()).add(name)
    clear = sum(map(len, groups.values())) == len({name for names in groups.values() for name in names})
    return {place: sorted(groups[place]) for place in sorted(groups)} if clear and len(groups) > 1 else {}


def _wave(one: Settings) -> int | None:
    return number(str((one.data["argocd"].get("annotations") or {}).get(WAVE, "0")))


def _first_wave(one: Settings, cells: Sequence[Settings]) -> int | None:
    """Return the first sync wave of the service of a cell; None if one of them is not a number."""
    waves = [_wave(other) for other in cells if other.cell.service == one.cell.service]
    numbers = [wave for wave in waves if wave is not None]
    return min(numbers) if len(numbers) == len(waves) else None


def without_wave(one: Settings, cells: Sequence[Settings]) -> Settings:
    """Return a cell with nothing but the sync wave of its service: Tiphys adds that of the destination."""
    block, wave = one.data["argocd"], _first_wave(one, cells)
    annotations = {key: value for key, value in (block.get("annotations") or {}).items() if key != WAVE}
    annotations |= {WAVE: str(wave)} if wave else {}
    return one._replace(data={**one.data, "argocd": {**block, "annotations": annotations}})
