"""The order in which an ApplicationSet syncs its Applications: as waves of destinations, or as what a workspace lacks.

Source: argo-cd, applicationset/controllers/applicationset_controller.go (buildAppDependencyList)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from generator.adopt.model import Found, Note
from generator.adopt.settings import Settings
from generator.adopt.waves import waves_of
from generator.kubernetes.objects import at, maps

_STEPS = ("spec", "strategy", "rollingSync", "steps")
_POLICY = ("spec", "template", "spec", "syncPolicy", "automated")


def step_of(one: Found, labels: Mapping[str, Any]) -> int | None:
    """Return the step in which an ApplicationSet syncs an Application with labels, from 0; None without one."""
    steps = maps(at(one.data, *_STEPS)) if _is_rolling(one) else ()
    return next(
        (index for index, step in steps if all(_fits(item, labels) for _, item in maps(step.get("matchExpressions")))), None
    )


def _fits(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, values = str(expression.get("key")), expression.get("values") or []
    if expression.get("operator") == "In":
        return key in labels and labels[key] in values
    return expression.get("operator") == "NotIn" and labels.get(key) not in values


def _is_rolling(one: Found) -> bool:
    return bool(at(one.data, "spec", "strategy", "type") == "RollingSync")


def notes(settings: Sequence[Settings], sets: Sequence[Found]) -> Iterator[Note]:
    """Yield what a workspace lacks of the order in which ApplicationSets sync."""
    for one in filter(_is_rolling, sets):
        cells = [cell for cell in settings if cell.cell.found.maker == one.as_maker]
        why = _lost(cells, _places(settings)) if cells else ""
        if why:
            yield _note(one, ("spec", "strategy"), "`strategy`", why)
        elif any(cell.cell.found.step is None for cell in cells):
            why = "no step selects some of its Applications, which people sync manually: remove `automated` from these"
            yield _note(one, ("spec", "strategy"), "`strategy`", why)
        for index, step in maps(at(one.data, *_STEPS)):
            if str(step.get("maxUpdate", "100%")) != "100%":
                why = "the Applications of a wave are synced at the same time"
                yield _note(one, (*_STEPS, index, "maxUpdate"), f"`maxUpdate` of step {index + 1}", why)
        if not isinstance(at(one.data, *_POLICY), dict):
            why = "the ApplicationSet synced its Applications itself: set `argocd.syncPolicy.automated`, or sync them manually"
            yield _note(one, ("spec", "strategy"), "automatic sync", why)


def _places(settings: Sequence[Settings]) -> dict[int, tuple[str, int]]:
    """Return the environment and the wave of each cell, by identity."""
    found: dict[int, tuple[str, int]] = {}
    for name in {one.cell.environment for one in settings}:
        here = [one for one in settings if one.cell.environment == name]
        waves = {destination: wave for wave, members in enumerate(waves_of(here)) for destination in members}
        found |= {id(one): (name, waves.get(one.cell.destination, 0)) for one in here}
    return found


def _lost(cells: Sequence[Settings], places: Mapping[int, tuple[str, int]]) -> str:
    """Return why the steps are not the order of a workspace; empty if they are."""
    steps = [(one.cell.found.step, *places[id(one)]) for one in cells]
    early = [(one, other) for one, other in product(steps, steps) if None not in (one[0], other[0]) and _before(one, other)]
    if any(one[1] == other[1] and one[2] >= other[2] for one, other in early):
        clusters = any(one.cell.destination for one in cells)
        what = (
            "its steps are not the same for all services of an environment"
            if clusters
            else "its steps order Applications of one environment"
        )
        return f"{what}, and only destinations have `argocd.waves`: set sync waves in `argocd.annotations`"
    if any(one[1] != other[1] for one, other in early):
        return "its steps are environments, which sync on their own: `promote` takes a version from one to the next"
    return ""


def _before(one: tuple[int | None, str, int], other: tuple[int | None, str, int]) -> bool:
    return (one[0] or 0) < (other[0] or 0)


def _note(one: Found, pointer: tuple[str | int, ...], what: str, why: str) -> Note:
    return Note(*one.place(pointer), f"ApplicationSet {one.name}: {what}", why)
