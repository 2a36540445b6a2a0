"""The rule TP771, experiment-valid."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import number
from generator.lint.rules.rule import Finding
from generator.syntax.durations import go_seconds


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Each template of an Experiment must have a unique name and a selector, and the duration must be a Go duration.

    The controller marks any other Experiment as failed and never starts its pods; a Rollout step that waits for
    it is aborted.
    Wrong:
        kind: Experiment
        spec:
          duration: "600"
          templates: [{name: old, selector: {matchLabels: {app: old}}}, {name: old, selector: {matchLabels: {app: new}}}]
    Right:
        kind: Experiment
        spec:
          duration: 10m
          templates: [{name: old, selector: {matchLabels: {app: old}}}, {name: new, selector: {matchLabels: {app: new}}}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go; experiments/experiment.go
    """
    duration = item.spec.get("duration")
    if duration is not None and go_seconds(duration) is None:
        yield Finding(
            ("spec", "duration"), f"`{duration}` is not a valid duration", "write a number with its unit, such as 10m"
        )
    names: set[str] = set()
    for index, template in maps(item.spec.get("templates")):
        here: Pointer = ("spec", "templates", index)
        name = str(template.get("name") or "")
        if not name:
            yield Finding(here, "the template has no name", "add `name`")
        if name and name in names:
            yield Finding((*here, "name"), f"two templates are named `{name}`", "rename one of the two")
        names.add(name)
        if not at(template, "selector", "matchLabels") and not at(template, "selector", "matchExpressions"):
            yield Finding(here, f"template `{name}` has no selector", "add `selector.matchLabels`")
        if (number(template.get("minReadySeconds")) or 0) > (number(item.spec.get("progressDeadlineSeconds")) or 600):
            message = "minReadySeconds is greater than progressDeadlineSeconds"
            yield Finding((*here, "minReadySeconds"), message, "lower it, or raise `progressDeadlineSeconds`")
