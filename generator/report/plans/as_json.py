"""Plans for programs; their shape only ever grows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from generator.plan.abort import Abort
from generator.plan.forecast import Forecast
from generator.plan.model import Moment, Plan, Requests, Run, Stage, Wait, is_overloaded
from generator.report.plans.waves import waves_as_data


def as_json(forecast: Forecast) -> str:
    """Return one plan as a JSON object."""
    return _text(plan_as_data(forecast))


def all_as_json(forecasts: Sequence[Forecast]) -> str:
    """Return the plans of an environment as a JSON object."""
    return _text({"version": 1, "plans": [plan_as_data(forecast) for forecast in forecasts]})


def waves_as_json(forecasts: Sequence[Forecast]) -> str:
    """Return the plans of a service in all destinations of an environment, wave by wave, as a JSON object."""
    return _text(waves_as_data(forecasts, [plan_as_data(forecast) for forecast in forecasts]))


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def plan_as_data(forecast: Forecast) -> dict[str, Any]:
    """Return one plan for programs."""
    plan, least = forecast.plan, forecast.least
    data: dict[str, Any] = {"version": 1, "service": forecast.service, "environment": forecast.environment_name}
    if forecast.destination:
        data |= {"destination": forecast.destination, "wave": forecast.wave + 1}
    data |= _plan(plan)
    if plan.first:
        data["firstDeploy"] = True
    if forecast.autoscaled:
        data["autoscaling"] = {"minReplicas": least.replicas, "maxReplicas": plan.replicas}
        data["atMinReplicas"] = _plan(least)
    data["requests"] = _requests(forecast.requests, plan)
    data["rollback"] = {
        "window": forecast.rollback.window,
        "oldPodsSeconds": _number(forecast.rollback.fast_seconds),
        "stepsAgainSeconds": _number(forecast.rollback.steps_again),
        "sentences": list(forecast.rollback.sentences),
    }
    if forecast.rollback.peak is not None:
        data["rollback"]["peakPods"] = forecast.rollback.peak
    if forecast.abort is not None:
        data["abort"] = _abort(forecast.abort)
    if forecast.additions:
        data["additions"] = [item._asdict() for item in forecast.additions]
    if forecast.warnings:
        data["warnings"] = list(forecast.warnings)
    return {**data, "remarks": list(forecast.remarks), "unknowns": list(forecast.unknowns)}


def _plan(plan: Plan) -> dict[str, Any]:
    data: dict[str, Any] = {
        "strategy": plan.kind,
        "simulates": _simulates(plan),
        "replicas": plan.replicas,
        "router": plan.router or None,
        "maxTrafficWeight": plan.whole,
        "steps": [_stage(number, stage, plan) for number, stage in enumerate(plan.stages)],
        "finish": [_stage(None, stage, plan) for stage in plan.finish],
        "peakPods": None if plan.refused else plan.peak,
        "minAvailable": None if plan.refused else plan.floor,
        "seconds": _wait(plan.wait if not any(stage.rounds for stage in plan.all_stages) else plan.wait._replace(most=None)),
        "plannedSeconds": _wait(plan.wait),
        "manualGates": list(plan.gates),
    }
    if plan.refused:
        data["refused"] = list(plan.refused)
    if plan.background is not None:
        data["background"] = {"startingStep": plan.background_from, **_run(plan.background)}
    return data


def _simulates(plan: Plan) -> dict[str, Any] | None:
    if plan.plain:
        return None
    found = plan.workload.controller
    return {"product": "Argo Rollouts", "version": found.version, "target": found.stated or None}


def _at_worst(moment: Moment, plan: Plan) -> dict[str, Any]:
    return {
        "sentWeight": moment.weight,
        "availableCanaryPods": moment.canary,
        "availableStablePods": moment.stable,
        "overloaded": is_overloaded(plan, moment),
    }


def _stage(number: int | None, stage: Stage, plan: Plan) -> dict[str, Any]:
    wait = stage.wait._replace(most=None) if stage.rounds else stage.wait  # nobody knows how long pods take
    data: dict[str, Any] = {
        "index": number,
        "action": stage.action,
        "title": stage.title,
        "weight": stage.weight,
        "reachedWeight": _number(round(stage.reached, 2)),
        "canaryPods": stage.pods.canary,
        "stablePods": stage.pods.stable,
        "totalPods": stage.total,
        "peakPods": stage.peak,
        "minAvailable": stage.floor,
        "seconds": _number(wait.exact),
        "minSeconds": _number(wait.least),
        "maxSeconds": _number(wait.most),
        "manual": stage.manual,
        "podStarts": stage.rounds,
    }
    if stage.worst is not None:
        data["atWorst"] = _at_worst(stage.worst, plan)
    more = {
        "never": stage.never,
        "experimentPods": stage.extra,
        "experimentWeight": stage.extra_weight,
        "routes": list(stage.routes),
        "notWaitedFor": list(stage.unheeded),
        "analysis": _run(stage.run) if stage.run is not None else None,
    }
    return {**data, **{name: value for name, value in more.items() if value}}


def _run(run: Run) -> dict[str, Any]:
    return {
        "templates": list(run.names),
        "seconds": _wait(run.wait),
        "failsAfterSeconds": _number(run.fails_after),
        "unknownTemplates": list(run.unknown),
    }


def _requests(requests: Requests | None, plan: Plan) -> dict[str, Any] | None:
    """Return cores and bytes, of one pod and of all at the peak."""
    if requests is None:
        return None
    pod = {"cpu": _number(requests.cpu), "memory": _number(requests.memory)}
    peak = {
        name: None if amount is None or plan.refused else _number(round(amount * plan.peak, 6)) for name, amount in pod.items()
    }
    return {"pod": pod, "peak": peak}


def _abort(abort: Abort) -> dict[str, Any]:
    events = [
        {
            "afterSeconds": _number(event.after),
            "what": event.what,
            "reachedWeight": _number(round(event.weight, 2)),
            "canaryPods": event.pods.canary,
            "stablePods": event.pods.stable,
        }
        for event in abort.events
    ]
    return {
        "step": abort.at,
        "title": abort.title,
        "events": events,
        "peakPods": abort.peak,
        "minAvailable": abort.floor,
        "neverEnds": abort.endless,
    }


def _wait(wait: Wait) -> dict[str, Any]:
    return {"min": _number(wait.least), "max": _number(wait.most)}


def _number(value: float | None) -> float | None:
    """Return a number without a fraction that says nothing."""
    return None if value is None else int(value) if value == int(value) else value
