"""The nouns of a plan.

- *workload*: what is to be released, reduced to what the arithmetic needs.
- *stage*: a step of the canary, or what comes after the last; a phase of a blue-green or rolling update.
- *settled*: the state at the end of a stage, when no pods change.
- *wait*: intended waiting time. The start-up time of pods is never part of it: it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.kubernetes.arithmetic import Pods, weighted
from generator.plan.controller import CURRENT, Controller
from generator.syntax.named_tuples import NamedTuple


class Wait(NamedTuple):
    """Intended waiting time in seconds: minimum and maximum; None if unknown or unlimited."""

    least: float = 0
    most: float | None = 0

    def then(self, other: Wait) -> Wait:
        """Return both waits, one after the other."""
        most = None if self.most is None or other.most is None else self.most + other.most
        return Wait(self.least + other.least, most)

    @property
    def exact(self) -> float | None:
        """The seconds, if minimum and maximum are equal."""
        return self.least if self.least == self.most else None


NONE = Wait()
FOREVER = Wait(0, None)


DEADLINE = 600
"""Seconds of progressDeadlineSeconds by default, for Rollouts and Deployments."""


class Requests(NamedTuple):
    """The requests of one pod, in cores and bytes; None if it has none."""

    cpu: float | None
    memory: float | None


class Workload(NamedTuple):
    """What is to be released."""

    strategy: Mapping[str, Any]
    """Argo Rollouts' `spec.strategy`; empty for a Deployment."""
    replicas: int
    templates: Mapping[str, Mapping[str, Any]] = {}
    """The spec of every AnalysisTemplate that is known, by name."""
    min_ready_seconds: int = 0
    rollback_window: int = 0
    """How many versions back a release may go without its steps; 0 for none."""
    update_strategy: Mapping[str, Any] = {}
    """A Deployment's `spec.strategy`, or a StatefulSet's `spec.updateStrategy`."""
    deadline: int = DEADLINE
    """Seconds without progress after which an update counts as failed."""
    aborts_late: bool = False
    """Whether it is aborted then, and not only called Degraded."""
    stateful: bool = False
    """Whether it is a StatefulSet; never with a strategy."""
    parallel: bool = False
    """Whether a StatefulSet starts its first pods all at once."""
    controller: Controller = CURRENT
    """The Argo Rollouts that carries the strategy out."""
    is_rollout_of_chart: bool = False
    """Whether the chart has a Rollout of its own, whose strategy is not known; never with a strategy."""


class Run(NamedTuple):
    """One AnalysisRun: how long it takes, and how soon it can fail."""

    names: tuple[str, ...]
    """The templates."""
    wait: Wait
    """Until it succeeds, if its provider answers at once and without errors."""
    fails_after: float | None
    """The earliest that a failure can end it; None if no failure does."""
    unknown: tuple[str, ...] = ()
    """Templates that are not in this repository."""
    endless: tuple[tuple[str, str], ...] = ()
    """Metrics that measure until they are stopped, each with its template: `(template, metric)`."""


class Moment(NamedTuple):
    """What carries the traffic at one time."""

    weight: int
    """What the router sends to the canary."""
    canary: int
    """Available pods."""
    stable: int

    def load(self, whole: int) -> float:
        """Return the largest share of the traffic that one available pod gets, of either version."""
        sides = ((self.weight, self.canary), (whole - self.weight, self.stable))
        return max((weight / pods if pods else float("inf")) for weight, pods in sides if weight > 0)

    def lacks_canary(self, replicas: int, whole: int) -> bool:
        """Tell whether the canary has fewer available pods than its traffic needs."""
        return self.canary < weighted(replicas, self.weight, whole)

    def lacks_stable(self, replicas: int, whole: int) -> bool:
        """Tell whether the stable version has fewer; the controller rounds down what it needs."""
        return self.stable < (whole - self.weight) * replicas // whole


class Stage(NamedTuple):
    """One stage, with the settled pods at its end."""

    action: str
    """The name of the step's action, or of what the controller does without a step."""
    title: str
    pods: Pods
    weight: int = 0
    """The requested weight while it lasts."""
    reached: float = 0
    """The weight that the canary gets at the end, on the same scale, if pods become available before a wait is over."""
    peak: int = 0
    """The most pods at once, those of experiments included."""
    floor: int = 0
    """The fewest available pods of both versions."""
    wait: Wait = NONE
    manual: bool = False
    """Whether it waits for a manual promotion."""
    never: str = ""
    """Why it never ends on its own, if that is unintended."""
    rounds: int = 0
    """How often it waits for new pods to become available."""
    number: int | None = None
    """The place in the spec's list of steps."""
    run: Run | None = None
    extra: int = 0
    """Pods of an experiment."""
    extra_weight: int = 0
    """The weight that goes to them."""
    routes: tuple[str, ...] = ()
    """Header and mirror routes in force."""
    unheeded: tuple[str, ...] = ()
    """Actions of the same step that the step does not wait for."""
    worst: Moment | None = None
    """When an available pod carries the most traffic, in the worst order; None without a router."""

    @property
    def total(self) -> int:
        """All pods, settled."""
        return self.pods.total + self.extra


class Plan(NamedTuple):
    """One release, stage by stage."""

    workload: Workload
    kind: str
    """`canary`, `blueGreen`, `deployment` or `statefulSet`."""
    stages: tuple[Stage, ...]
    """The steps of the spec; the phases where it has none."""
    finish: tuple[Stage, ...] = ()
    """What follows the last step of a canary."""
    router: str = ""
    whole: int = 100
    """The weight that is all traffic."""
    background: Run | None = None
    background_from: int = 0
    """The step with which the background analysis starts."""
    first: bool = False
    """Whether this is the first deployment, which has no steps."""
    refused: tuple[str, ...] = ()
    """Why the controller does not carry it out at all, in its own words; then there are no stages."""

    @property
    def plain(self) -> bool:
        """Whether Kubernetes releases it, without steps and without an abort."""
        return self.kind in ("deployment", "statefulSet")

    @property
    def all_stages(self) -> tuple[Stage, ...]:
        """Everything that happens, in order."""
        return self.stages + self.finish

    @property
    def replicas(self) -> int:
        """The pods of the settled workload."""
        return self.workload.replicas

    @property
    def peak(self) -> int:
        """The most pods at once."""
        return max((stage.peak for stage in self.all_stages), default=self.replicas)

    @property
    def floor(self) -> int:
        """The fewest available pods."""
        return min((stage.floor for stage in self.all_stages), default=self.replicas)

    @property
    def wait(self) -> Wait:
        """The intended waits of the release until the new version has all traffic."""
        total = NONE
        for stage in self.all_stages:
            if stage.action != "scaleDown":
                total = total.then(stage.wait)
        return total

    @property
    def gates(self) -> tuple[int, ...]:
        """The stages that wait for a manual promotion."""
        return tuple(number for number, stage in enumerate(self.all_stages) if stage.manual)


def is_overloaded(plan: Plan, moment: Moment) -> bool:
    """Tell whether one of the versions has fewer available pods than its traffic needs."""
    return moment.lacks_canary(plan.replicas, plan.whole) or moment.lacks_stable(plan.replicas, plan.whole)
