"""The rule TP724, pause-duration."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import steps, table
from generator.lint.rules.rule import Finding
from generator.syntax.durations import PauseError, pause_seconds


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A pause must last a number of seconds or a Go duration.

    `10`, `"10"` and `1m30s` are valid durations; `1d`, `5min`, `"1h 30m"` and `10S` are not, and the controller
    marks the Rollout InvalidSpec. Without a duration, a pause waits for a manual promotion.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20}, {pause: {duration: 1d}}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20}, {pause: {duration: 24h}}]}}
    Source: argo-rollouts, pkg/apis/rollouts/v1alpha1/types.go, RolloutPause.DurationSeconds
    """
    for pointer, step in steps(item):
        duration = table(step, "pause").get("duration")
        if duration is None:
            continue
        try:
            pause_seconds(duration)
        except PauseError as error:
            here: Pointer = (*pointer, "pause", "duration")
            yield Finding(here, f"`{duration}` {error}", "write seconds, or hours, minutes and seconds such as 1h30m10s")
