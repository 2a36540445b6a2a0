"""What Argo Rollouts refuses: it sets InvalidSpec on the Rollout, and starts no pod, not even of the first version.

Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go and validation_references.go,
ValidateAnalysisTemplateWithType
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.kubernetes import strategy as strategies
from generator.plan.analysis import Templates, run_of
from generator.plan.model import Workload
from generator.plan.steps import actions, pause_wait

_NO_ACTION = "Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause"
_NO_DURATION = "Duration needs to be greater than 0"


def refusals(workload: Workload) -> tuple[str, ...]:
    """Return why the controller refuses a strategy, each with its place and in the controller's words."""
    given = strategies.body(workload.strategy)
    found = [text for index, step in enumerate(strategies.steps(workload.strategy)) for text in _step(index, step, workload)]
    for field in ("prePromotionAnalysis", "postPromotionAnalysis"):
        if given.get(field):
            found += [f"{field}: {text}" for text in _endless(given[field], workload.templates)]
    return tuple(dict.fromkeys(found))


def _step(index: int, step: Mapping[str, Any], workload: Workload) -> Iterator[str]:
    if not actions(step):
        yield f"step {index}: {_NO_ACTION}"
    if step.get("pause") is not None:
        _, _, wrong = pause_wait(step["pause"])
        if wrong:
            yield f"step {index}: {_NO_DURATION} ({wrong})"
    if step.get("analysis") is not None:
        yield from (f"step {index}: {text}" for text in _endless(step["analysis"], workload.templates))


def _endless(analysis: Mapping[str, Any], templates: Templates) -> Iterator[str]:
    for template, metric in run_of(analysis, templates).endless:
        yield f"AnalysisTemplate {template} has metric {metric} which runs indefinitely"
