"""The sync windows of an AppProject: which of them are for an Application, and whether two sets of windows agree.

Source: argo-cd, pkg/apis/application/v1alpha1/types.go, SyncWindows.Matches
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.kubernetes.applications import matches
from generator.kubernetes.objects import KubeObject, at, maps, texts
from generator.kubernetes.rollouts import table
from generator.kubernetes.sync_windows import ALLOW, DENY, Window, permits
from generator.syntax import time_zones
from generator.syntax.durations import go_seconds
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.recurrence import recurrence

_WORK = 8_000
"""How often a window is looked at, at most, to compare two sets: two windows of every day are compared for three years."""


class SyncWindow(NamedTuple):
    """One sync window of a project."""

    number: int
    window: Window


def windows_for(project: KubeObject, application: Mapping[str, Any]) -> tuple[SyncWindow, ...] | None:
    """Return the sync windows of a project that are for an Application; None if Argo CD cannot read one of them.

    So is one whose schedule never occurs, which Argo CD reads as always open.
    """
    found = []
    for number, given in maps(project.spec.get("syncWindows")):
        if _is_for(given, application):
            window = _window(given)
            if window is None:
                return None
            found.append(SyncWindow(number, window))
    return tuple(found)


def is_automated(application: Mapping[str, Any]) -> bool:
    """Tell whether Argo CD syncs an Application by itself."""
    automated = at(application, "spec", "syncPolicy", "automated")
    return isinstance(automated, dict) and automated.get("enabled") is not False


def _window(given: Mapping[str, Any]) -> Window | None:
    schedule, seconds, zone = str(given.get("schedule")), go_seconds(given.get("duration")), given.get("timeZone")
    starts = recurrence(schedule)
    if starts is None or starts.next(0) is None or seconds is None or given.get("kind") not in (ALLOW, DENY):
        return None
    known = isinstance(zone, str) and zone != "Local" and time_zones.is_known(zone)
    return Window(str(given["kind"]), starts, seconds, str(zone) if zone and known else "UTC", given.get("manualSync") is True)


def _is_for(given: Mapping[str, Any], application: Mapping[str, Any]) -> bool:
    """Tell whether a window is for an Application: one of its selectors matches, or with `andOperator` all that it has."""
    destination = table(application, "spec", "destination")
    clusters = [str(destination[field]) for field in ("name", "server") if destination.get(field)]
    subjects = {
        "applications": [str(at(application, "metadata", "name") or "")],
        "clusters": clusters,
        "namespaces": [str(destination.get("namespace") or "")],
    }
    patterns = {field: [pattern for _, pattern in texts(given.get(field))] for field in subjects}
    found = [
        any(matches(pattern, name) for pattern in patterns[field] for name in names)
        for field, names in subjects.items()
        if patterns[field]
    ]
    return bool(found) and (all(found) if given.get("andOperator") is True else any(found))


class Disagreement(NamedTuple):
    """An instant at which one set of windows permits what the other one does not."""

    instant: int
    ours_permit: bool


def disagreements(
    ours: Sequence[Window], theirs: Sequence[Window], since: int, until: int, *, manual: bool
) -> tuple[Disagreement, ...]:
    """Return the first instant at which only our windows permit, and the first at which only those of the project do.

    `manual` is for an Application that a person syncs. What would take too long to find is not found.
    """
    if set(ours) == set(theirs):
        return ()
    found: dict[bool, Disagreement] = {}
    for instant in _instants((*ours, *theirs), since, until):
        permitted = permits(ours, instant)
        if permitted != permits(theirs, instant, manual=manual):
            found.setdefault(permitted, Disagreement(instant, permitted))
            if len(found) == 2:
                break
    return tuple(sorted(found.values(), key=lambda one: not one.ours_permit))


def _instants(windows: Sequence[Window], since: int, until: int) -> Iterator[int]:
    """Yield the instants at which a window may open or close."""
    following: list[int | None] = [since] * len(windows)
    now = since
    for _ in range(_WORK // max(1, len(windows))):
        yield now
        following = [
            window.edge(now) if edge is not None and edge <= now else edge
            for window, edge in zip(windows, following, strict=True)
        ]
        now = min((edge for edge in following if edge is not None), default=until)
        if now >= until:
            return
