"""The short phrases of a plan: what it is, what a stage takes, what it costs."""

from __future__ import annotations

from generator.kubernetes import strategy as strategies
from generator.plan.forecast import Forecast
from generator.plan.model import Plan, Requests, Stage, Wait, is_overloaded
from generator.plan.requests import cores, size
from generator.plan.steps import percent
from generator.report.as_text import printable
from generator.syntax.durations import spoken
from generator.syntax.wording import counted

NAMES = {"canary": "canary", "blueGreen": "blue-green", "deployment": "Deployment", "statefulSet": "StatefulSet"}

SIDES = {
    "canary": ("canary", "stable"),
    "blueGreen": ("new", "old"),
    "deployment": ("new", "old"),
    "statefulSet": ("new", "old"),
}
"""What the pods of the new and of the old version are called."""


def kind(plan: Plan) -> str:
    """Return what kind of release it is: `canary behind nginx`."""
    if plan.first:
        return f"first deployment of a {NAMES[plan.kind]}"
    name = NAMES[plan.kind]
    if plan.kind == "deployment":
        name = "Rollout of the chart" if plan.workload.is_rollout_of_chart else "plain Deployment"
    router = plan.router.replace(strategies.GATEWAY_API, "the Gateway API")
    return f"{name} behind {printable(router)}" if router else name


def replicas(forecast: Forecast) -> str:
    """Return how many replicas it is for: `3 replicas`, `4 to 12 replicas`."""
    if forecast.autoscaled:
        return f"{forecast.least.replicas} to {forecast.plan.replicas} replicas (autoscaled)"
    return counted(forecast.plan.replicas, "replica")


def takes(stage: Stage) -> str:
    """Return what a stage takes, as short as it goes."""
    if stage.manual:
        return "promotion"
    if stage.never:
        return "never ends"
    wait = stage.wait
    if stage.run is not None and wait.most == 0:
        return "a result"
    if wait.exact is not None and not stage.rounds:
        return spoken(wait.least) if wait.least else "at once"
    if stage.rounds and not wait.least:
        return "pods start"
    if wait.most is not None and wait.most > wait.least:
        return f"{spoken(wait.least)}–{spoken(wait.most)}"
    return f"≥ {spoken(wait.least)}" if wait.least else "unknown"


def simulated(plan: Plan) -> str:
    """Return which Argo Rollouts the plan is of; empty where Kubernetes itself carries it out."""
    if plan.plain:
        return ""
    found = plan.workload.controller
    text = f"simulates Argo Rollouts {found.version}"
    if not found.stated:
        return f"{text} (`target.rollouts` is not set)"
    return text if found.is_known else f"{text} (`target.rollouts` is {found.stated}, which is not known)"


def at_worst(plan: Plan, stage: Stage) -> str:
    """Return what carries the traffic in the worst order, where it is too little: `90 % on 2`; empty elsewhere."""
    moment = stage.worst
    if moment is None or not is_overloaded(plan, moment):
        return ""
    weight, pods = moment.weight, moment.canary
    if not moment.lacks_canary(plan.replicas, plan.whole):
        weight, pods = plan.whole - weight, moment.stable
    return f"{percent(weight, plan.whole)} on {pods}"


def duration(plan: Plan) -> str:
    """Return what the release takes, people included, as short as it goes: `≥ 15m + a person`."""
    if plan.refused:
        return "refused"
    people = len(plan.gates)
    parts = [f"≥ {spoken(plan.wait.least)}"] if plan.wait.least else []
    parts += ["promotion" if people == 1 else f"{people} × promotion"] if people else []
    parts += ["never ends"] if ends_never(plan) else []
    return " + ".join(parts) or "pods start"


def time_needed(plan: Plan) -> str:
    """Return the same as a sentence."""
    if plan.refused:
        return "takes no time: it is refused"
    return "never ends on its own" if ends_never(plan) else time_of(plan.wait, len(plan.gates))


def time_of(wait: Wait, people: int) -> str:
    """Return how long a wait with a number of manual promotions in it takes, as a sentence."""
    most = f" and at most {spoken(wait.most)}" if wait.most is not None and wait.most > wait.least else ""
    time = f"at least {spoken(wait.least)}{most}" if wait.least else "" if people else "the start-up time of the pods"
    person = "" if not people else "a manual promotion" if people == 1 else f"{people} manual promotions"
    return f"takes {', and '.join(part for part in (time, person) if part)}"


def ends_never(plan: Plan) -> bool:
    """Tell whether a release has a stage that never ends."""
    return any(stage.never and stage.action != "scaleDown" for stage in plan.all_stages)


def resources(requests: Requests | None, pods: int) -> str:
    """Return what this many pods request: `2.4 CPU, 1.5 GiB`; empty if that is not known."""
    if requests is None:
        return ""
    parts = [cores(requests.cpu * pods)] if requests.cpu is not None else []
    parts += [size(requests.memory * pods)] if requests.memory is not None else []
    return ", ".join(parts)


def capacity(forecast: Forecast) -> str:
    """Return what a release needs at its peak, and what it leaves at its lowest."""
    plan = forecast.plan
    if plan.refused:
        return "no pods start"
    asked = resources(forecast.requests, plan.peak)
    text = f"peak {counted(plan.peak, 'pod')}" + (f", {asked}" if asked else "")
    if plan.first:
        return text
    return f"{text}; at least {plan.floor} of {plan.replicas} available"
