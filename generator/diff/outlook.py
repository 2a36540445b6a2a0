"""Compare what a release will do on both sides, simulated as the controller does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.diff.model import Change, change
from generator.plan.model import Workload
from generator.plan.simulate import simulate
from generator.syntax.durations import spoken


class Outlook(NamedTuple):
    """The key numbers of a release, computed as the controller does."""

    peak: int
    floor: int
    gates: int
    least: int
    """Seconds of intended waits."""
    most: int | None
    """None if unknown or unlimited."""


def outlook_changes(before: Workload | None, after: Workload | None, *, gates_told: bool) -> Iterator[Change]:
    """Yield the changes of the release's key numbers; none if one of the two releases would be refused."""
    if before is None or after is None or before == after:  # most changes have nothing to do with the release
        return
    old, new = _outlook(before), _outlook(after)
    if old is None or new is None:
        return
    part = "release"
    if old.peak != new.peak:
        yield change(part, ("peakPods",), old.peak, new.peak, "peak pods", risk="capacity" if new.peak > old.peak else "")
    if old.floor != new.floor:
        risk = "capacity" if new.floor < old.floor else ""
        yield change(part, ("minAvailable",), old.floor, new.floor, "minimum available pods", risk=risk)
    times = [(one.least, one.most) for one in (old, new)]
    if times[0] != times[1]:
        said = (_time(old), _time(new))
        yield change(
            part,
            ("seconds",),
            {"min": old.least, "max": old.most},
            {"min": new.least, "max": new.most},
            "intended waits",
            said=said,
        )
    if old.gates != new.gates and not gates_told:
        risk = "gate-removed" if new.gates < old.gates else ""
        yield change(part, ("manualGates",), old.gates, new.gates, "manual gates", risk=risk)


def _outlook(workload: Workload) -> Outlook | None:
    """Return the key numbers of a release; None if the controller refuses it."""
    plan = simulate(workload)
    if plan.refused:
        return None
    wait = plan.wait
    longest = None if wait.most is None else int(wait.most)
    return Outlook(plan.peak, plan.floor, len(plan.gates), int(wait.least), longest)


def _time(outlook: Outlook) -> str:
    """Return the intended waits of a release: `15m and 1 × promotion`, `at least 5m`."""
    people = "promotion" if outlook.gates == 1 else f"{outlook.gates} × promotion" if outlook.gates else ""
    exact = outlook.most == outlook.least or people
    time = f"{'' if exact else 'at least '}{spoken(outlook.least)}" if outlook.least or not (exact or people) else ""
    return " and ".join(part for part in (time, people) if part) or "nothing"
