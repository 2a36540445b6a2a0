"""The plan of a set of releases: as text, Markdown, JSON and a page."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from generator.plan.forecast import Forecast
from generator.plan.model import Wait
from generator.plan.sets import Gate, Load, Release, SetPlan
from generator.report.markup import escaped
from generator.report.plans import Canvas
from generator.report.plans.as_json import plan_as_data
from generator.report.plans.as_text import in_ascii
from generator.report.plans.overview import cells, table
from generator.report.plans.words import ends_never, resources, time_of
from generator.syntax.wording import counted, listed

FORMATS = ("text", "json", "markdown", "html")
HEADS = ("stage", "service", "release", "replicas", "peak", "available", "takes")


class Promoted(NamedTuple):
    """A set that is planned, and where it comes from."""

    plan: SetPlan
    title: str
    """What is promoted: `prod after a promotion from staging`."""
    notes: tuple[str, ...] = ()


def render_set(promoted: Promoted, form: str, canvas: Canvas) -> str:
    """Return the plan of a set in one of the formats."""
    if form == "json":
        return json.dumps(_as_data(promoted), indent=2, ensure_ascii=False) + "\n"
    if form == "markdown":
        return _as_markdown(promoted)
    return _as_html(promoted) if form == "html" else _as_text(promoted, canvas)


def _as_text(promoted: Promoted, canvas: Canvas) -> str:
    plan = promoted.plan
    lines = [f"{promoted.title}: {_whole(plan)}", "", *table(HEADS, list(_rows(plan)), canvas), ""]
    lines += [*sentences(plan), *_people(plan.gates), *promoted.notes]
    text = "\n".join(lines) + "\n"
    return text if canvas.unicode else in_ascii(text)


def _as_markdown(promoted: Promoted) -> str:
    plan = promoted.plan
    rows = ["| " + " | ".join(map(escaped, row)) + " |\n" for row in _rows(plan)]
    text = f"**tiphys plan: {escaped(promoted.title)}**, {_whole(plan)}\n\n| {' | '.join(HEADS)} |\n"
    text += f"|{'---|' * len(HEADS)}\n" + "".join(rows)
    text += "".join(f"\n{escaped(one)}\n" for one in sentences(plan))
    if plan.gates:
        text += "\nNeeds people:\n\n" + "".join(f"- {escaped(gate_words(gate))}\n" for gate in plan.gates)
    return text + "".join(f"\n{escaped(note)}\n" for note in promoted.notes)


def _as_html(promoted: Promoted) -> str:
    from generator.report.site.jinja import page, template  # late: it takes time to load

    style = template("site.css")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    plan = promoted.plan
    return page("set.html").render(
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        style=style,
        title=promoted.title,
        whole=_whole(plan),
        heads=HEADS,
        rows=list(_rows(plan)),
        sentences=list(sentences(plan)),
        gates=[gate_words(gate) for gate in plan.gates],
        notes=promoted.notes,
    )


def _rows(plan: SetPlan) -> Iterator[tuple[str, ...]]:
    for number, stage in enumerate(plan.stages, 1):
        for release in stage:
            for forecast in release.forecasts:
                yield (str(number), _name(forecast), *cells(forecast))


def _name(forecast: Forecast) -> str:
    return f"{forecast.service} ({forecast.destination})" if forecast.destination else forecast.service


def _whole(plan: SetPlan) -> str:
    services = counted(len(plan.releases), "service")
    return f"{services} in {counted(len(plan.stages), 'stage')}" if len(plan.stages) > 1 else services


def sentences(plan: SetPlan) -> Iterator[str]:
    """Yield what the whole set takes and needs: in order, if there is one, and all at once."""
    if len(plan.stages) > 1:
        yield f"one stage after the other, it {_time(plan, plan.in_order)}; {_peak(plan, plan.peak_in_order)}"
    yield f"all at once, it {_time(plan, plan.at_once)}; {_peak(plan, plan.peak_at_once)}"
    yield (
        f"before and after: {counted(plan.settled.pods, 'pod')}{_requested(plan, plan.settled)}; one commit starts all of them "
        "at once, unless the sync waves of their Applications follow the stages"
        if len(plan.stages) > 1
        else f"before and after: {counted(plan.settled.pods, 'pod')}{_requested(plan, plan.settled)}"
    )
    if plan.silent:
        yield f"without resource requests, and so not in the sums of CPU and memory: {listed(plan.silent)}"


def _time(plan: SetPlan, wait: Wait) -> str:
    plans = [forecast.plan for release in plan.releases for forecast in release.forecasts]
    if any(one.refused for one in plans):
        return f"is refused by Argo Rollouts for {listed(one.service for one in plan.releases if one.is_refused)}"
    return "never ends on its own" if any(map(ends_never, plans)) else time_of(wait, len(plan.gates))


def _peak(plan: SetPlan, load: Load) -> str:
    return f"peak {counted(load.pods, 'pod')}{_requested(plan, load)}"


def _requested(plan: SetPlan, load: Load) -> str:
    if len(plan.silent) == len(plan.releases):
        return ""
    return f", {resources(load.requests, 1)}"


def gate_words(gate: Gate) -> str:
    """Return which step of which service needs a manual promotion, and the command."""
    where = f"{gate.service} ({gate.destination})" if gate.destination else gate.service
    step = f"step {gate.step}" if gate.step is not None else gate.title
    return f"{where}, {step}: kubectl argo rollouts promote {gate.rollout}"


def _people(gates: Sequence[Gate]) -> Iterator[str]:
    if gates:
        yield "needs people:"
        yield from (f"  {gate_words(gate)}" for gate in gates)


def _as_data(promoted: Promoted) -> dict[str, Any]:
    plan = promoted.plan
    return {
        "version": 1,
        "environment": plan.environment,
        "title": promoted.title,
        "stages": [
            {"stage": number, "services": [_release(release) for release in stage]}
            for number, stage in enumerate(plan.stages, 1)
        ],
        "inOrder": {"plannedSeconds": _seconds(plan.in_order), "peak": _load(plan.peak_in_order)},
        "atOnce": {"plannedSeconds": _seconds(plan.at_once), "peak": _load(plan.peak_at_once)},
        "settled": _load(plan.settled),
        "withoutRequests": plan.silent,
        "manualGates": [
            {"service": gate.service, "destination": gate.destination or None, "step": gate.step, "rollout": gate.rollout}
            for gate in plan.gates
        ],
        "notes": list(promoted.notes),
    }


def _release(release: Release) -> dict[str, Any]:
    return {
        "service": release.service,
        "plannedSeconds": _seconds(release.wait),
        "plans": [plan_as_data(forecast) for forecast in release.forecasts],
    }


def _seconds(wait: Wait) -> dict[str, int | None]:
    return {"min": int(wait.least), "max": None if wait.most is None else int(wait.most)}


def _load(load: Load) -> dict[str, float]:
    return {"pods": load.pods, "cpu": round(load.cpu, 3), "memoryBytes": int(load.memory)}
