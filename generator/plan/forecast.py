"""The whole plan of one service in one environment."""

from __future__ import annotations

from typing import NamedTuple

from generator.kubernetes import strategy as strategies
from generator.plan.abort import Abort, abort, endless
from generator.plan.additions import Addition
from generator.plan.model import Plan, Requests, Workload
from generator.plan.remarks import remarks, unknowns
from generator.plan.rollback import Rollback, rollback
from generator.plan.simulate import first_deploy, simulate
from generator.plan.steps import percent
from generator.syntax.labels import label_parts
from generator.syntax.wording import counted


class Forecast(NamedTuple):
    """The plan of a release, at the fewest and at the most replicas, and the ways back."""

    service: str
    environment: str
    """With the destination after a slash, if it has several."""
    plan: Plan
    """At the most replicas, which determine capacity."""
    least: Plan
    """At the fewest replicas, where weights are hardest to reach; the same where the number is fixed."""
    requests: Requests | None
    """What one pod requests; None if the values do not set it."""
    remarks: tuple[str, ...]
    unknowns: tuple[str, ...]
    rollback: Rollback
    abort: Abort | None = None
    rollout: str = ""
    """The name of the Rollout, for commands."""
    additions: tuple[Addition, ...] = ()
    """What runs besides the service, and is in none of the numbers."""
    wave: int = 0
    """The wave of the destination, from 0."""
    warnings: tuple[str, ...] = ()
    """What a reader must know before anything else."""

    @property
    def environment_name(self) -> str:
        """The name of the environment alone."""
        return label_parts(self.environment)[0]

    @property
    def destination(self) -> str:
        """The destination; empty in an environment on one cluster."""
        return label_parts(self.environment)[1]

    @property
    def autoscaled(self) -> bool:
        """Whether an autoscaler sets the number of replicas."""
        return self.least.replicas != self.plan.replicas


def forecast(
    service: str,
    environment: str,
    workload: Workload,
    least: int,
    *,
    requests: Requests | None = None,
    abort_at: int | None = None,
    first: bool = False,
    assumptions: tuple[str, ...] = (),
    rollout: str = "",
    additions: tuple[Addition, ...] = (),
    wave: int = 0,
) -> Forecast:
    """Return the forecast of a workload, and of the same with `least` replicas.

    `assumptions` are what the caller assumed. Raises IndexError if stage `abort_at` does not exist.
    """
    make = first_deploy if first else simulate
    most = make(workload)
    fewest = most if least == workload.replicas else make(workload._replace(replicas=least))
    return Forecast(
        service,
        environment,
        most,
        fewest,
        requests,
        remarks(fewest, most),
        unknowns(most, autoscaled=least != workload.replicas) + assumptions,
        rollback(most),
        None if abort_at is None else abort(most, abort_at),
        rollout or service,
        additions,
        wave,
        warnings(fewest, most),
    )


def warnings(fewest: Plan, most: Plan) -> tuple[str, ...]:
    """Return what comes first: why the controller refuses the strategy, or an abort that never ends."""
    if most.refused:
        return tuple(f"refused by Argo Rollouts, so no pods start: {reason}" for reason in most.refused)
    if most.first:
        return ()
    for plan in (most, fewest):
        found = endless(plan)
        if found is not None:
            count = "" if most is fewest else f", with {counted(plan.replicas, 'replica')}"
            return (f"{_endless(plan, found)}{count}",)
    return ()


def _endless(plan: Plan, found: Abort) -> str:
    end = found.events[-1]
    rule = "TP672" if strategies.body(plan.workload.strategy).get("abortScaleDownDelaySeconds") else "TP738"
    kept = f"{percent(end.weight, plan.whole)} of the traffic on {counted(end.pods.canary, 'pod')}"
    return f"an abort at step {found.at} never ends ({rule}): the canary keeps {kept}"
