"""The rule TP212, policy-rollout-size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes import strategy as strategies
from generator.kubernetes.objects import KubeObject
from generator.kubernetes.rollouts import gate
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.syntax.durations import seconds, spoken


def check(built: Built) -> Iterator[Finding]:
    """A rollout must stay within the pods, the time and the first weight that the environment allows.

    `policy.rollout.maxPeakPods` limits the pods that exist at once, at the maximum number of replicas.
    `maxDuration` limits the minimum duration of all pauses, experiments and analyses, and so forbids pauses
    that wait for a manual promotion. `maxFirstWeight` limits the share of requests that a new version gets
    first. `tiphys plan` shows how each number comes about.
    Wrong:
        # environments/prod.yaml
        spec:
          policy: {rollout: {maxFirstWeight: 10}}
        # services/web/pipeline.yaml
        spec:
          rollout:
            strategy: {canary: {steps: [{setWeight: 50}]}}
    Right:
        # environments/prod.yaml
        spec:
          policy: {rollout: {maxFirstWeight: 10}}
        # services/web/pipeline.yaml
        spec:
          replicas: 10
          rollout:
            strategy: {canary: {steps: [{setWeight: 10}]}}
    Source: docs/spec.md, Layers
    """
    policy = built.resolved.environment.policy.get("rollout") or {}
    which = strategies.kind(built.strategy)
    if not which:
        return
    where = built.resolved.environment.name
    if policy.get("maxPeakPods") is not None or policy.get("maxDuration") is not None:
        yield from _size(built, policy, where, ("rollout", "strategy", which))
    yield from _first_weight(built, policy.get("maxFirstWeight"), where)


def _size(built: Built, policy: Mapping[str, Any], where: str, pointer: Pointer) -> Iterator[Finding]:
    from generator.plan.simulate import simulate
    from generator.plan.workload import replica_range
    from generator.service.releasing import workload_of

    _, replicas = replica_range(built.resolved.data, built.profile.name)
    plan = simulate(workload_of(built, replicas))
    if policy.get("maxPeakPods") is not None and plan.peak > policy["maxPeakPods"]:
        message = f"{replicas} replicas need {plan.peak} pods at the peak; {where} allows {policy['maxPeakPods']}"
        yield Finding(pointer, message, "reduce the replicas, or use dynamicStableScale or smaller steps")
    wait = plan.wait.least
    if policy.get("maxDuration") is not None and wait > seconds(policy["maxDuration"]):
        message = f"the release waits at least {spoken(wait)}; {where} allows {policy['maxDuration']}"
        yield Finding(pointer, message, "shorten the pauses")
    waits = gate(KubeObject({"spec": {"strategy": built.strategy}})) if policy.get("maxDuration") is not None else ()
    if waits:
        message = f"the release waits indefinitely for a manual promotion; {where} allows {policy['maxDuration']}"
        yield Finding(("rollout", *waits[1:]), message, "give the pause a duration, or use an analysis instead")


def _first_weight(built: Built, most: int | None, where: str) -> Iterator[Finding]:
    for index, step in enumerate(strategies.steps(built.strategy)):
        weight = step.get("setWeight")
        if weight is None:
            continue
        if most is not None and weight > most:
            pointer: Pointer = ("rollout", "strategy", "canary", "steps", index, "setWeight")
            yield Finding(pointer, f"the first weight is {weight}; {where} allows {most}", f"start with {most} or less")
        return
