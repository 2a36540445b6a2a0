"""The rule TP774, analysis-ends-in-time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.kubernetes.analysis_templates import named_by
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.rollouts import CANARY, canary, number, steps
from generator.lint.rules.rule import Finding
from generator.plan.analysis import run_of
from generator.syntax.durations import pause_seconds, spoken

_OPEN_ENDED = ("analysis", "experiment", "plugin")
"""Steps of which only the cluster knows how long they take."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A background analysis must be able to fail before the release is over.

    The controller ends it with the last step. An analysis whose first possible abort comes later has stopped nothing
    by then: the new version has all traffic. `tiphys plan` shows both times. The time that pods need to start is not
    known, so a release that relies on it is reported, too.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              analysis: {templates: [{templateName: rate}]}
              steps: [{setWeight: 20}, {pause: {duration: 5m}}]
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
        spec:
          metrics: [{name: rate, interval: 10m, failureLimit: 2, successCondition: "result[0] > 0.95"}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              analysis: {templates: [{templateName: rate}]}
              steps: [{setWeight: 20}, {pause: {duration: 5m}}]
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
        spec:
          metrics: [{name: rate, interval: 1m, failureLimit: 2, successCondition: "result[0] > 0.95"}]
    Source: argo-rollouts, docs/features/analysis.md, Background Analysis; analysis/analysis.go
    """
    for pointer, analysis, templates in named_by(item, objects):
        if pointer != (*CANARY, "analysis"):
            continue
        watched = _watched(item, number(analysis.get("startingStep")) or 0)
        run = run_of(_clean(analysis), {template.name: _clean(template.spec) for template in templates})
        if watched is not None and run.fails_after is not None and run.fails_after > watched and not run.unknown:
            message = f"the analysis can abort after {spoken(run.fails_after)}, but the last step ends after {spoken(watched)}"
            hint = "shorten `interval` or `initialDelay`, lower `failureLimit`, or lengthen the pauses"
            yield Finding((*pointer, "templates"), message, hint)


def _watched(item: KubeObject, start: int) -> float | None:
    """Return the seconds of all pauses from a step on; None if the release may take any time."""
    found = 0.0
    for pointer, step in steps(item):
        if any(name in step for name in _OPEN_ENDED):
            return None
        pause = step.get("pause")
        if pause is None or int(pointer[-1]) < start:
            continue
        try:
            found += pause_seconds(pause["duration"])
        except (KeyError, TypeError, ValueError):
            return None
    return found if canary(item).get("steps") else None


def _clean(holder: dict[str, Any]) -> dict[str, Any]:
    """Return what a plan reads of an analysis or template, without entries of the wrong type, which other rules report."""
    return {field: [one for _, one in maps(holder.get(field))] for field in ("templates", "args", "dryRun", "metrics")}
