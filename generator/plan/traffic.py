"""Remarks on a plan about the traffic, and the pods that carry it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.arithmetic import weighted
from generator.plan.basic import DEAD_ENDS
from generator.plan.model import Moment, Plan, Stage, is_overloaded
from generator.plan.steps import percent
from generator.syntax.wording import counted

JUMP = 50
"""Percent of the traffic moved at once from which it is reported."""

_WATCHING = ("analysis", "pause", "setHeaderRoute", "setMirrorRoute")


def where(stage: Stage) -> str:
    """Return a stage by its number in the spec, or by what it does."""
    if stage.number is not None:
        return f"step {stage.number}"
    return "promotion" if stage.action == "promote" else f"`{stage.title}`"


def overload(plan: Plan) -> Iterator[str]:
    """Yield where available pods get more than their part of the traffic, each time that it is more than before."""
    most = 0.0
    for stage in plan.all_stages:
        if stage.worst is not None and is_overloaded(plan, stage.worst) and stage.worst.load(plan.whole) > most:
            most = stage.worst.load(plan.whole)
            yield f"{where(stage)} {_carried(plan, stage, stage.worst)}"


def _carried(plan: Plan, stage: Stage, moment: Moment) -> str:
    weight, pods, side = moment.weight, moment.canary, "canary pod"
    if not moment.lacks_canary(plan.replicas, plan.whole):
        weight, pods, side = plan.whole - moment.weight, moment.stable, "stable pod"
    traffic, needed = percent(weight, plan.whole), weighted(plan.replicas, weight, plan.whole)
    stays = moment.weight > stage.weight
    until = " until stable pods start; no step waits for them" if stays else ""
    if not pods:
        return f"leaves {traffic} of the traffic on no available pods{until}"
    carried = f"{counted(pods, side)}, where {needed} would be in proportion"
    if stays:
        return f"leaves {traffic} of the traffic on {carried},{until}"
    return f"sends {traffic} of the traffic to {carried}"


def thin(plan: Plan) -> Iterator[str]:
    """Yield where fewer pods are available than the replicas, each time that their number changes."""
    before = plan.replicas
    for stage in plan.all_stages if plan.kind == "canary" and plan.router else ():
        if stage.floor < plan.replicas and stage.floor != before:
            yield f"{where(stage)} leaves {stage.floor} of {plan.replicas} pods available for some time"
        before = stage.floor


def jumps(plan: Plan) -> Iterator[str]:
    """Yield the moves of much traffic at once, which only a router makes."""
    before = 0.0
    for stage in plan.all_stages if plan.router else ():
        if (stage.reached - before) * 100 >= JUMP * plan.whole and plan.stages:
            yield f"{where(stage)} moves traffic from {percent(before, plan.whole)} to {percent(stage.reached, plan.whole)} at once"
        before = stage.reached


def empty_canary(plan: Plan) -> Iterator[str]:
    """Yield the steps that check a canary without pods."""
    for stage in plan.stages:
        if stage.never in DEAD_ENDS or stage.pods.canary:
            return
        if plan.kind == "canary" and plan.replicas and stage.action in _WATCHING:
            hint = "set a weight" + (" or a scale" if plan.router else "")
            yield f"{where(stage)} finds no canary pods: {hint} before it"
