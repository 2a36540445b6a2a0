"""The steps of a canary: actions, titles and waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.plan.analysis import Templates, run_of
from generator.plan.model import FOREVER, Run, Wait
from generator.syntax.durations import PauseError, pause_seconds, seconds, spoken
from generator.syntax.wording import counted

SCALE_DOWN_DELAY = 30
"""Seconds that pods without traffic are kept by default, so that every node updates its routes."""

ACTIONS = ("pause", "setCanaryScale", "setWeight", "experiment", "analysis", "setHeaderRoute", "setMirrorRoute", "plugin")
"""The actions in the order in which the controller looks for the one whose end is the step's end."""


def actions(step: Mapping[str, Any]) -> list[str]:
    """Return the actions of a step; the first is the one that decides when it is over."""
    return [name for name in ACTIONS if step.get(name) is not None]


def title(step: Mapping[str, Any], whole: int = 100) -> str:
    """Return the title of a step; `whole` is the weight that is all traffic."""
    parts = [
        f"set weight {percent(step[name], whole)}" if name == "setWeight" else _TITLES[name](step[name])
        for name in actions(step)
    ]
    return " + ".join(parts) or "nothing"


def percent(weight: float, whole: int = 100) -> str:
    """Return a weight for display: `20 %`, `33.3 %`, or `25 of 1000` on another scale."""
    text = f"{weight:.1f}".removesuffix(".0")
    return f"{text} %" if whole == 100 else f"{text} of {whole}"


def pause_wait(pause: Mapping[str, Any]) -> tuple[Wait, bool, str]:
    """Return how long a pause takes, whether it waits for a manual promotion, and why it never ends otherwise."""
    if pause.get("duration") is None:
        return FOREVER, True, ""
    try:
        total = pause_seconds(pause["duration"])
    except PauseError as error:
        return FOREVER, False, f"`{pause['duration']}` {error}"
    return Wait(total, total), False, ""


def analysis_run(analysis: Mapping[str, Any], templates: Templates) -> tuple[Run, str]:
    """Return the run of an inline analysis, and why it never ends."""
    run = run_of(analysis, templates)
    if not run.names:
        return run, "an analysis without templates never starts"
    return run, ""


def experiment_run(experiment: Mapping[str, Any], templates: Templates) -> tuple[Run, str]:
    """Return the runs of an experiment as one with the wait of the experiment, and why it never ends.

    Analyses that are required end it when all of them are done, whatever its duration; without any,
    the duration does.
    """
    wanted = experiment.get("analyses") or []
    runs = [
        run_of({"templates": [item], "args": item.get("args"), "dryRun": experiment.get("dryRun")}, templates)
        for item in wanted
    ]
    required = [run for run, item in zip(runs, wanted, strict=True) if item.get("requiredForCompletion")]
    fails = min((run.fails_after for run in runs if run.fails_after is not None), default=None)
    wait, never = _experiment_wait(experiment, required)
    names = tuple(name for run in runs for name in run.names)
    return Run(names, wait, fails, tuple(name for run in runs for name in run.unknown)), never


def _experiment_wait(experiment: Mapping[str, Any], required: Sequence[Run]) -> tuple[Wait, str]:
    if required:
        most = [run.wait.most for run in required if run.wait.most is not None]
        longest = max(most) if len(most) == len(required) else None
        wait = Wait(max(run.wait.least for run in required), longest)
        return wait, next((text for text in map(_endless, required) if text), "")
    if not experiment.get("duration"):
        return FOREVER, "an experiment without a duration or a required analysis never ends"
    try:
        total = seconds(experiment["duration"])
    except ValueError:
        return FOREVER, f"Argo Rollouts rejects the duration `{experiment['duration']}`"
    return Wait(total, total), ""


def _endless(run: Run) -> str:
    return f"the metric `{run.endless[0][1]}` has an interval but no count" if run.endless else ""


def experiment_pods(experiment: Mapping[str, Any]) -> int:
    """Return how many pods an experiment runs: one per template by default."""
    given = (template.get("replicas") for template in experiment.get("templates") or [])
    return sum(1 if replicas is None else int(replicas) for replicas in given)


def experiment_delay(experiment: Mapping[str, Any]) -> float:
    """Return how many seconds the pods of an experiment keep running after its end."""
    return float(experiment.get("scaleDownDelaySeconds", SCALE_DOWN_DELAY))


def experiment_weight(experiment: Mapping[str, Any]) -> int:
    """Return the weight of all templates of an experiment."""
    return sum(int(template.get("weight") or 0) for template in experiment.get("templates") or [])


def _scale_title(scale: Mapping[str, Any]) -> str:
    if not scale.get("matchTrafficWeight"):
        if scale.get("replicas") is not None:
            return f"scale canary to {counted(int(scale['replicas']), 'pod')}"
        if scale.get("weight") is not None:
            return f"scale canary to {scale['weight']} %"
    return "scale canary with its weight"


def _pause_title(pause: Mapping[str, Any]) -> str:
    wait, manual, _ = pause_wait(pause)
    if manual:
        return "pause until promoted"
    return f"pause {spoken(wait.least)}" if wait.most is not None else f"pause {pause['duration']}"


def _names(refs: Sequence[Mapping[str, Any]] | None) -> str:
    return ", ".join(str(ref.get("templateName")) for ref in refs or [])


def _experiment_title(experiment: Mapping[str, Any]) -> str:
    duration = experiment.get("duration")
    return f"experiment {duration}" if duration else "experiment"


def _plugin_title(plugin: Mapping[str, Any]) -> str:
    return f"plugin {plugin.get('name', '')}".rstrip()


_TITLES = {
    "pause": _pause_title,
    "setCanaryScale": _scale_title,
    "experiment": _experiment_title,
    "analysis": lambda analysis: f"analysis {_names(analysis.get('templates'))}".rstrip(),
    "setHeaderRoute": lambda route: ("" if route.get("match") else "remove ") + f"header route {route.get('name', '')}",
    "setMirrorRoute": lambda route: ("" if route.get("match") else "remove ") + f"mirror route {route.get('name', '')}",
    "plugin": _plugin_title,
}
