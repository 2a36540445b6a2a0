"""From what was built of a service to the forecast of its next release."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.errors import ConfigError
from generator.kubernetes.helm_sources import helm_sources
from generator.kubernetes.objects import KubeObject, at, maps
from generator.plan.abort import last_stage
from generator.plan.additions import Addition, additions
from generator.plan.forecast import Forecast, forecast
from generator.plan.model import Plan, Requests, Workload
from generator.plan.requests import CONTAINERS, INIT_CONTAINERS, containers_at, pod_requests
from generator.plan.simulate import simulate
from generator.plan.workload import CHART_DEFAULTS, assumptions, replica_range, workload
from generator.service.build import Built
from generator.service.folder_source import deployment_in
from generator.service.releasing import workload_of


class Basis(NamedTuple):
    """All that a forecast depends on, but for the names of service and environment."""

    workload: Workload
    least: int
    requests: Requests | None
    assumptions: tuple[str, ...]
    additions: tuple[Addition, ...] = ()


def is_known(built: Built) -> bool:
    """Tell whether the workload of a service is known; that of a folder in the place of a chart is, without a profile."""
    return "chart" not in built.resolved.data or built.profile.knows_workload


def basis_of(built: Built, replicas: int | None = None) -> Basis:
    """Return what the forecast of a service depends on; `replicas` overrides their number."""
    data, profile = built.resolved.data, built.profile.name
    deployment = deployment_in(built.stock, built.chart.workload)
    if deployment is not None and not ({"replicas", "autoscaling"} & data.keys()):
        data = {**data, "replicas": _whole(deployment.spec.get("replicas"))}
    low, high = (replicas, replicas) if replicas is not None else replica_range(data, profile)
    templates = {item.name: item.spec for item in built.analyses}
    settings = built.chart.settings if built.referenced else None
    if deployment is None:
        kind = "Rollout" if built.strategy else built.chart.kind
        assumed = assumptions(data, profile, kind=kind, is_strategy_known=bool(built.strategy))
        made = workload_of(built, high, data)
        made = made._replace(is_rollout_of_chart=kind == "Rollout" and not built.strategy)
        return Basis(made, low, _requests(built), assumed, _additions(built))
    made = workload(data, built.strategy, templates, high, settings=settings or deployment.spec, rollouts=built.rollouts)
    own = deployment.spec.get("strategy")
    made = made if built.strategy or not isinstance(own, dict) else made._replace(update_strategy=own)
    return Basis(made, low, _requests_of(deployment), (), ())


def forecast_of(
    built: Built, *, replicas: int | None = None, abort_at: int | None = None, first: bool = False, basis: Basis | None = None
) -> Forecast:
    """Return the forecast of a service; raises ConfigError if step `abort_at` does not exist."""
    basis = basis or basis_of(built, replicas)
    try:
        return forecast(
            built.resolved.service,
            built.resolved.environment.label,
            basis.workload,
            basis.least,
            requests=basis.requests,
            abort_at=abort_at,
            first=first,
            assumptions=basis.assumptions,
            rollout=built.rollout_name,
            additions=basis.additions,
            wave=built.resolved.environment.wave,
        )
    except IndexError:
        raise _no_such_step(built, simulate(basis.workload), abort_at) from None


def _no_such_step(built: Built, plan: Plan, at: int | None) -> ConfigError:
    last, name = last_stage(plan), built.resolved.service
    if plan.refused:
        return ConfigError(f"Argo Rollouts refuses the strategy of {name}: {plan.refused[0]}", "fix it, or remove --abort-at")
    if last < 0:
        what = "has no steps" if built.strategy else f"is a plain {built.chart.kind}"
        what = "is a Rollout of its chart, whose steps are not known" if plan.workload.is_rollout_of_chart else what
        return ConfigError(f"{name} {what}, so no step can be aborted", "remove --abort-at")
    return ConfigError(f"{name} has no step {at} to abort at", f"its steps are 0 to {last}")


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 1


def _requests_of(deployment: KubeObject) -> Requests | None:
    """Return what a pod of a Deployment requests, as its file says."""
    pod = at(deployment.data, "spec", "template", "spec")
    return pod_requests(*([item for _, item in maps(at(pod, field))] for field in ("containers", "initContainers")))


def _additions(built: Built) -> tuple[Addition, ...]:
    """Return what the shipped chart runs besides the service; nothing is known of other charts."""
    if built.profile.name not in CHART_DEFAULTS:
        return ()
    return additions(built.resolved.data.get("values"), built.chart.workload, gradual=bool(built.strategy))


def _requests(built: Built) -> Requests | None:
    """Return what a pod requests, from where the chart's profile says that its values have it."""
    values, places = built.resolved.data.get("values") or {}, built.profile.spec.get("resources") or {}
    containers = containers_at(values, places.get("containers", CONTAINERS))
    return pod_requests(containers, containers_at(values, places.get("initContainers", INIT_CONTAINERS)))


def set_in_application(built: Built) -> Iterator[tuple[str, str]]:
    """Yield what the generated Application gives Helm above the values of the spec: parameters, and values of its own."""
    inlined = any(document.inline for document in built.documents)
    for source in helm_sources(built.rendered_from):
        for _, text in source.parameters:
            name, _, value = text.partition("=")
            yield name, value
        if source.inline and not inlined:
            yield "helm.values", ""
