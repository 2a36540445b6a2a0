"""Remarks on a plan, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.kubernetes import strategy as strategies
from generator.kubernetes.arithmetic import DEFAULT_SHARE, exact_replicas, share
from generator.plan import stateful, traffic
from generator.plan.basic import DEAD_ENDS
from generator.plan.model import Plan
from generator.plan.steps import percent
from generator.plan.traffic import where
from generator.syntax.durations import spoken
from generator.syntax.wording import counted

NOTICEABLE = 1
"""By how much a weight must be missed to be reported: less is rounding."""

_ROUTING = {
    "setHeaderRoute": "there are no routes without a traffic router",
    "setMirrorRoute": "there are no routes without a traffic router",
    "setCanaryScale": "without a traffic router, the weight sets the number of pods",
}


def remarks(least: Plan, most: Plan) -> tuple[str, ...]:
    """Return the remarks on a release, from its plans at the fewest and at the most replicas."""
    if most.refused:
        return ()
    if most.first:
        how = "the pods start one by one" if most.workload.stateful and not most.workload.parallel else "all pods start at once"
        return (f"the first deployment has no steps, pauses or analyses: {how} and get all traffic",)
    return tuple(dict.fromkeys(text for look in _LOOKS for text in look(least if look in _AT_LEAST else most)))


def _replicas(plan: Plan) -> Iterator[str]:
    if plan.replicas == 0:
        yield "replicas is 0, so nothing runs before or after"


def _stuck(plan: Plan) -> Iterator[str]:
    for stage in plan.all_stages:
        if stage.never:
            yield f"{where(stage)} never ends on its own: {stage.never}"
        if stage.never in DEAD_ENDS:
            return  # so will all that follow


def _shares(plan: Plan) -> Iterator[str]:
    """Yield how the controller reads bounds that are strings."""
    canary = strategies.body(plan.workload.strategy) if plan.kind == "canary" else {}
    routed = canary.get("trafficRouting") is not None
    given = [field for field in ("maxSurge", "maxUnavailable") if canary.get(field) is not None]
    if routed and given and plan.router:
        yield f"{' and '.join(given)} {'have' if len(given) > 1 else 'has'} no effect with a traffic router"
        return
    for field in given:
        value = canary[field]
        if isinstance(value, str) and share(value, 100, up=True) is None:
            yield f'{field} "{value}" is not valid, so Argo Rollouts reads both bounds as 0'
        elif isinstance(value, str) and "%" not in value:
            yield f'{field} "{value}" is a string, so it means {value} %, not {counted(int(value), "pod")}'


def _weights(plan: Plan) -> Iterator[str]:
    """Yield the weights that the pods cannot show."""
    if plan.kind != "canary" or plan.router:
        return
    missed: dict[int, float] = {}
    for stage in plan.stages:
        if (
            "setWeight" in (stage.action, *stage.unheeded)
            and not stage.never
            and abs(stage.reached - stage.weight) >= NOTICEABLE
        ):
            missed[stage.weight] = stage.reached
    for weight, reached in missed.items():
        become = f"weight {percent(weight, plan.whole)} becomes {percent(reached, plan.whole)}"
        text = f"{become} with {counted(plan.replicas, 'replica')}"
        if weight and not reached and plan.replicas > 1:
            text += ": without surge, Argo Rollouts finds no split and removes the canary"
        yield text
    canary = strategies.body(plan.workload.strategy)
    surge = share(canary.get("maxSurge", DEFAULT_SHARE), plan.replicas, up=True)
    enough = exact_replicas([stage.weight for stage in plan.stages], surge=bool(surge))
    if missed and plan.replicas < enough and canary.get("trafficRouting") is None:
        yield f"{enough} replicas would reach every weight"


def _gates(plan: Plan) -> Iterator[str]:
    gates = [stage for stage in plan.all_stages if stage.manual]
    steps = [str(stage.number) for stage in gates if stage.number is not None]
    if steps:
        yield f"waits for a manual promotion at {'step' if len(steps) == 1 else 'steps'} {_and(steps)}"
    elif gates:
        yield "waits for a manual promotion"


def _pointless(plan: Plan) -> Iterator[str]:
    if plan.kind == "canary" and strategies.body(plan.workload.strategy).get("trafficRouting") is None:
        for stage in plan.stages:
            for action in (stage.action, *stage.unheeded):
                if action in _ROUTING:
                    yield f"{where(stage)} does nothing: {_ROUTING[action]}"


def _unheeded(plan: Plan) -> Iterator[str]:
    for stage in plan.stages:
        if stage.unheeded:
            yield f"{where(stage)} ends with its {stage.action}; its {_and(list(stage.unheeded))} is ignored"


def _no_steps(plan: Plan) -> Iterator[str]:
    if plan.kind == "canary" and not plan.stages:
        routed = f"all traffic moves at once when all {plan.replicas} new pods are available"
        yield f"without steps {routed if plan.router else 'it is a rolling update'}"


def _background(plan: Plan) -> Iterator[str]:
    if plan.background is None:
        return
    named = ", ".join(f"`{name}`" for name in plan.background.names)
    start = plan.background_from
    if start > len(plan.stages):
        yield f"the analysis {named} never starts: step {start} does not exist"
        return
    when = f"from step {start} on" if start < len(plan.stages) else "after the last step"
    fails = plan.background.fails_after
    yield f"the analysis {named} watches {when}" + ("" if fails is None else f"; it can abort after {spoken(fails)}")


def _services(plan: Plan) -> Iterator[str]:
    given = strategies.body(plan.workload.strategy)
    if plan.kind == "canary" and given.get("trafficRouting") is None and given.get("stableService"):
        yield f"the Service `{given['stableService']}` selects only old pods: weights need a Service that selects all pods"
    if plan.kind == "canary" and given.get("trafficRouting") is not None and not plan.router:
        yield "trafficRouting sets no router, so traffic follows the pods"
    if plan.kind == "canary" and given.get("pingPong"):
        yield "the ping and pong Services swap roles with every release"


def _blue_green(plan: Plan) -> Iterator[str]:
    if plan.kind != "blueGreen":
        return
    given = strategies.body(plan.workload.strategy)
    if given.get("autoPromotionEnabled") is False and given.get("autoPromotionSeconds"):
        yield "autoPromotionSeconds has no effect while autoPromotionEnabled is false"
    if given.get("previewReplicaCount") == 0:
        yield "the preview has no pods: previewReplicaCount is 0"


def _piling_up(plan: Plan) -> Iterator[str]:
    given = strategies.body(plan.workload.strategy)
    delay = given.get("scaleDownDelaySeconds")
    old = next((stage for stage in plan.all_stages if stage.action == "scaleDown" and not stage.never), None)
    if old is None or not delay:
        return
    limit = given.get("scaleDownDelayRevisionLimit")
    most = "" if limit is None else f", up to {limit} old versions"
    yield f"old pods keep running for {spoken(delay)}: each further release in that time adds {plan.replicas} pods{most}"


def _threshold(plan: Plan) -> Iterator[str]:
    given = strategies.body(plan.workload.strategy).get("replicaProgressThreshold") if plan.kind == "canary" else None
    if not given:
        return
    if not plan.workload.controller.has_threshold:
        yield f"replicaProgressThreshold has no effect: Argo Rollouts {plan.workload.controller.version} does not have it"
        return
    unit = "%" if given.get("type") == "Percent" else "pods"
    yield f"a step ends, and the promotion is done, when {given.get('value')} {unit} of the canary are available"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_LOOKS: tuple[Callable[[Plan], Iterator[str]], ...] = (
    _replicas,
    _stuck,
    _shares,
    stateful.remarks,
    _weights,
    _gates,
    traffic.empty_canary,
    _pointless,
    _unheeded,
    traffic.overload,
    traffic.thin,
    traffic.jumps,
    _no_steps,
    _threshold,
    _background,
    _services,
    _blue_green,
    _piling_up,
)
_AT_LEAST = (_weights, traffic.overload)
"""Remarks that are worst with the fewest replicas."""


def unknowns(plan: Plan, *, autoscaled: bool = False) -> tuple[str, ...]:
    """Return what is not known in advance, and so is not part of any number."""
    if plan.refused:
        return ()
    stages = plan.all_stages
    runs = [stage.run for stage in stages if stage.run is not None and stage.run.names]
    runs += [plan.background] if plan.background and plan.background_from <= len(plan.stages) else []
    found = []
    rounds = sum(stage.rounds for stage in stages)
    if rounds:
        times = {1: "once", 2: "twice"}.get(rounds, f"{rounds} times")
        late = "aborts" if plan.workload.aborts_late else "counts as failed"
        found.append(f"how long new pods take to become available; the release waits for that {times}")
        if not plan.workload.stateful:
            found[-1] += f"; without progress for {spoken(plan.workload.deadline)} the release {late}"
    if plan.gates:
        found.append("when it is promoted manually")
    if runs:
        found.append("whether the analyses succeed: a failure aborts, an inconclusive result waits for a manual promotion")
        found.append("how long the metrics provider takes to answer")
    missing = dict.fromkeys(name for run in runs for name in run.unknown)
    found += [f"how long the analysis `{name}` takes: its template is not in this repository" for name in missing]
    found += [f"how long the {stage.title} takes" for stage in stages if stage.action == "plugin"]
    if autoscaled:
        found.append("how many pods the autoscaler requests during the release")
    return tuple(found)
