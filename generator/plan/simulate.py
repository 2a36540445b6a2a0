"""Turn a workload into its plan."""

from __future__ import annotations

from generator.kubernetes import strategy as strategies
from generator.kubernetes.arithmetic import Pods
from generator.plan import blue_green, canary, deployment, stateful
from generator.plan.model import Plan, Stage, Wait, Workload
from generator.plan.refusal import refusals


def simulate(workload: Workload) -> Plan:
    """Return the plan for a new version of a settled workload; one without stages if the controller refuses it."""
    which = strategies.kind(workload.strategy)
    refused = refusals(workload) if which else ()
    if refused:
        return Plan(workload, which, (), router=canary.router(workload.strategy), refused=refused)
    if which == "blueGreen":
        return blue_green.plan(workload)
    if which == "canary":
        return canary.plan(workload)
    return stateful.plan(workload) if workload.stateful else deployment.plan(workload)


def first_deploy(workload: Workload) -> Plan:
    """Return the plan of the first deployment: all pods at once, without steps, pauses or analyses."""
    plan = simulate(workload)
    if plan.refused:
        return plan._replace(first=True)
    create = stateful.create(workload) if workload.stateful else _create(workload)
    return plan._replace(stages=(), finish=(create,), background=None, whole=100, first=True)


def _create(workload: Workload) -> Stage:
    seconds = workload.min_ready_seconds
    return Stage(
        "create",
        "first pods",
        Pods(workload.replicas, 0),
        weight=100,
        reached=100,
        peak=workload.replicas,
        wait=Wait(seconds, seconds),
        rounds=min(workload.replicas, 1),
    )
