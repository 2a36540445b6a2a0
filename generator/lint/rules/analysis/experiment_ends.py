"""The rule TP755, experiment-ends."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.rollouts import steps
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An experiment in a step needs an end: a duration, or an analysis that is required for completion.

    Without either, the experiment never ends, and neither does the release.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{experiment: {templates: [{name: new, specRef: canary}]}}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{experiment: {duration: 10m, templates: [{name: new, specRef: canary}]}}]}}
    Source: argo-rollouts, docs/features/experiment.md
    """
    for pointer, step in steps(item):
        experiment = step.get("experiment")
        if isinstance(experiment, dict) and experiment.get("duration") is None:
            ending = any(one.get("requiredForCompletion") is True for _, one in maps(experiment.get("analyses")))
            if not ending:
                hint = "add `duration`, or set `requiredForCompletion: true` for an analysis"
                yield Finding((*pointer, "experiment"), "the experiment never ends", hint)
