"""Turn a workload into its plan."""

from __future__ import annotations

from generator.kubernetes import strategy as strategies
from generator.kubernetes.arithmetic import Pods
from generator.plan import blue_green, canary, deployment
from generator.plan.model import Plan, Stage, Wait, Workload


def simulate(workload: Workload) -> Plan:
    """Return the plan for a new version of a settled workload."""
    which = strategies.kind(workload.strategy)
    if which == "blueGreen":
        return blue_green.plan(workload)
    return canary.plan(workload) if which == "canary" else deployment.plan(workload)


def first_deploy(workload: Workload) -> Plan:
    """Return the plan of the first deployment: all pods at once, without steps, pauses or analyses."""
    seconds = workload.min_ready_seconds
    create = Stage(
        "create",
        "first pods",
        Pods(workload.replicas, 0),
        weight=100,
        reached=100,
        peak=workload.replicas,
        wait=Wait(seconds, seconds),
        rounds=min(workload.replicas, 1),
    )
    plan = simulate(workload)
    return plan._replace(stages=(), finish=(create,), background=None, whole=100, first=True)
