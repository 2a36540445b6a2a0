"""Place each stage on a timeline.

Known times are to scale. Unknown times, pod starts and manual promotions, get a fixed width
and are marked as such in each drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from generator.kubernetes.arithmetic import Pods
from generator.plan.model import Moment, Plan, Stage, is_overloaded


class Kind(Enum):
    """The kind of a period of time."""

    OUTSIDE = "outside"
    """Before the release, and after it."""
    INSTANT = "instant"
    PODS = "pods"
    """Until new pods are available."""
    TIMED = "timed"
    GATE = "gate"
    """Until a manual promotion."""
    OPEN = "open"
    """Until an event at an unknown time."""


class Segment(NamedTuple):
    """One stage on the line."""

    stage: Stage
    kind: Kind
    start: float
    end: float
    before: float
    """The share of the traffic with which it begins, from 0 to 1."""
    after: float
    """The share with which it ends."""
    gradual: bool
    """Whether traffic moves with every pod, and not all at once when the last one is there."""
    overload: Moment | None = None
    """What may carry too much of the traffic in that time: what the router sends, and the available pods."""

    def share(self, place: float) -> float:
        """Return the share of the traffic at a place of the segment, from 0 at its start to 1 at its end."""
        if not self.moving:
            return self.after
        return self.before + (self.after - self.before) * place if self.gradual else self.before

    @property
    def moving(self) -> bool:
        """Whether it only waits for new pods."""
        return self.stage.rounds > 0 and self.stage.action in _MOVES and self.kind in (Kind.PODS, Kind.TIMED)


_MOVES = ("setWeight", "setCanaryScale", "promote", "rollingUpdate", "recreate", "create", "preview", "scaleUp")


def layout(plan: Plan, width: float, least: Mapping[Kind, float]) -> list[Segment]:
    """Return the stages side by side over `width`, none narrower than its kind may be, if there is room."""
    first = Stage("before", "before", Pods(0, 0 if plan.first else plan.replicas))
    settled = plan.all_stages[-1] if plan.all_stages else first
    last = Stage("after", "after", settled.pods, weight=settled.weight, reached=settled.reached)
    stages = [(first, Kind.OUTSIDE), *((stage, kind(stage)) for stage in plan.all_stages), (last, Kind.OUTSIDE)]
    narrow = [least[which] for _, which in stages]
    seconds = [stage.wait.least if which is Kind.TIMED else 0 for stage, which in stages]
    rest, total = max(0.0, width - sum(narrow)), sum(seconds)
    widths = [
        least_width + (rest * time / total if total else rest / len(stages))
        for least_width, time in zip(narrow, seconds, strict=True)
    ]
    scale = width / sum(widths)
    gradual = not plan.router and plan.kind != "blueGreen"
    found: list[Segment] = []
    start = share = 0.0
    for (stage, which), wide in zip(stages, widths, strict=True):
        end, reached = start + wide * scale, stage.reached / plan.whole
        overload = stage.worst if stage.worst is not None and is_overloaded(plan, stage.worst) else None
        found.append(Segment(stage, which, start, end, share, reached, gradual, overload))
        start, share = end, reached
    return found


def kind(stage: Stage) -> Kind:
    """Return what fills the time of a stage."""
    if stage.manual:
        return Kind.GATE
    if stage.never or (stage.wait.most is None and not stage.wait.least):
        return Kind.OPEN
    if stage.wait.least:
        return Kind.TIMED
    return Kind.PODS if stage.rounds else Kind.INSTANT
