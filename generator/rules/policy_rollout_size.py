"""The rule MR212, policy-rollout-size."""

from __future__ import annotations

from collections.abc import Iterator

from generator import capacity
from generator import strategy as strategies
from generator.build import Built
from generator.diagnostics import Pointer, Severity
from generator.durations import seconds, spoken
from generator.rules.rule import About, Finding, Rule


def check(built: Built) -> Iterator[Finding]:
    """A rollout must stay within the pods, the time and the first weight that the environment allows.

    `policy.rollout.maxPeakPods` bounds the pods that exist at once, at the largest number of replicas;
    `maxDuration` bounds the timed waits; `maxFirstWeight` bounds how many requests meet a new version
    first.
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
    pointer: Pointer = ("rollout", "strategy", which)
    replicas = capacity.most_replicas(built.resolved.data)
    peak = capacity.peak_pods(built.strategy, replicas)
    if policy.get("maxPeakPods") is not None and peak > policy["maxPeakPods"]:
        message = f"{replicas} replicas need {peak} pods at the peak; {where} allows {policy['maxPeakPods']}"
        yield Finding(pointer, message, "lower the replicas, or use dynamicStableScale or smaller steps")
    wait = capacity.least_seconds(built.strategy)
    if policy.get("maxDuration") is not None and wait > seconds(policy["maxDuration"]):
        message = f"the release waits at least {spoken(wait)}; {where} allows {policy['maxDuration']}"
        yield Finding(pointer, message, "shorten the pauses")
    yield from _first_weight(built, policy.get("maxFirstWeight"), where)


def _first_weight(built: Built, most: int | None, where: str) -> Iterator[Finding]:
    for index, step in enumerate(strategies.steps(built.strategy)):
        weight = step.get("setWeight")
        if weight is None:
            continue
        if most is not None and weight > most:
            pointer: Pointer = ("rollout", "strategy", "canary", "steps", index, "setWeight")
            yield Finding(pointer, f"the first weight is {weight}; {where} allows {most}", f"start with {most} or less")
        return


RULE = Rule("MR212", "policy-rollout-size", Severity.ERROR, check, About.POLICY)
