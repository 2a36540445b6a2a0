"""The rule TP754, experiment-step."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.rollouts import steps
from generator.lint.rules.rule import Finding
from generator.syntax.durations import go_seconds


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An experiment in a step must have templates with unique names, based on canary or stable, and a Go duration.

    The controller reads a `specRef` when the step starts, and a wrong one fails again and again. A number of
    seconds without a unit is not a valid duration here.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{experiment: {duration: 10m, templates: [{name: new, specRef: latest}]}}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{experiment: {duration: 10m, templates: [{name: new, specRef: canary}]}}]}}
    Source: argo-rollouts, rollout/experiment.go; experiments/experiment.go
    """
    for pointer, step in steps(item):
        experiment = step.get("experiment")
        if not isinstance(experiment, dict):
            continue
        here: Pointer = (*pointer, "experiment")
        duration = experiment.get("duration")
        if duration is not None and go_seconds(duration) is None:
            yield Finding(
                (*here, "duration"), f"`{duration}` is not a valid duration", "write a number with its unit, such as 10m"
            )
        names: set[str] = set()
        for index, template in maps(experiment.get("templates")):
            name, base = str(template.get("name")), template.get("specRef")
            if base not in ("canary", "stable"):
                yield Finding(
                    (*here, "templates", index, "specRef"), f"`{base}` is not a valid specRef", "use canary or stable"
                )
            if name in names:
                yield Finding((*here, "templates", index, "name"), f"two templates are named `{name}`", "rename one of the two")
            names.add(name)
