"""The rule TP208, hook-fits-grace-period."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.kubernetes.objects import KubeObject, Objects, texts
from generator.kubernetes.pods.places import pods_in
from generator.kubernetes.rollouts import number, table
from generator.lint.rules.rule import Finding
from generator.syntax.durations import spoken

_GRACE = 30
_SLEEP = re.compile(r"(?:^|[\s;&])sleep\s+([0-9]{1,6})([smh]?)(?=$|[\s;&])")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A preStop hook must end before the grace period of its pod does.

    The grace period includes the hook: at its end the container is killed, without the signal to shut down if the
    hook still sleeps. The default is 30 seconds. A `sleep` as a handler is checked by TP706; this is one in a command.
    Wrong:
        kind: Deployment
        spec:
          template:
            spec: {containers: [{name: app, lifecycle: {preStop: {exec: {command: [sh, -c, sleep 60]}}}}]}
    Right:
        kind: Deployment
        spec:
          template:
            spec:
              terminationGracePeriodSeconds: 90
              containers: [{name: app, lifecycle: {preStop: {exec: {command: [sh, -c, sleep 60]}}}}]
    Source: kubernetes.io, Container Lifecycle Hooks, Hook handler execution
    """
    for pod in pods_in(item):
        stated = number(pod.spec.get("terminationGracePeriodSeconds"))
        grace = _GRACE if stated is None else stated
        for _, _, container, here in pod.containers():
            command = table(container, "lifecycle", "preStop", "exec").get("command")
            seconds = _slept(command)
            if seconds >= grace > 0:
                message = f"the hook sleeps {spoken(seconds)}, but the pod is killed after {spoken(grace)}"
                hint = "raise `terminationGracePeriodSeconds` above it, or sleep less"
                yield Finding((*here, "lifecycle", "preStop", "exec", "command"), message, hint)


def _slept(command: Any) -> int:
    """Return how long the longest `sleep` of a command takes; a loop or a condition may skip it."""
    line = " ".join(text for _, text in texts(command))
    if len(line) > _LONGEST or any(word in line for word in _BRANCHES):
        return 0
    return max((int(number) * _UNITS[unit] for number, unit in _SLEEP.findall(line)), default=0)


_LONGEST = 4096
_BRANCHES = ("if ", "while ", "until ", "for ", "case ", "||", "timeout ")
