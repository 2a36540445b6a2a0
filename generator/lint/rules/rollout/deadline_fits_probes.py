"""The rule TP207, deadline-fits-probes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import number, table
from generator.kubernetes.workloads import pods_of, taken_over
from generator.lint.rules.rule import Finding
from generator.syntax.durations import spoken

_DEADLINE, _PERIOD, _FAILURES = 600, 10, 3
"""The defaults of Kubernetes and of Argo Rollouts."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A progress deadline must leave new pods the time to become ready.

    Progress is a pod that is created, becomes ready or becomes available. The first readiness probe comes after its
    `initialDelaySeconds`: if the deadline is not longer, every release counts as failed before a pod can be ready.
    With `progressDeadlineAbort` it is also aborted, which is an error. A startup probe that allows more time than the
    deadline is a warning: the slow start that it is there for counts as a failed release. The default is 600 seconds.
    Wrong:
        kind: Rollout
        spec:
          progressDeadlineSeconds: 60
          template: {spec: {containers: [{name: app, readinessProbe: {initialDelaySeconds: 90, tcpSocket: {port: 80}}}]}}
    Right:
        kind: Rollout
        spec:
          progressDeadlineSeconds: 300
          template: {spec: {containers: [{name: app, readinessProbe: {initialDelaySeconds: 90, tcpSocket: {port: 80}}}]}}
    Source: kubernetes, pkg/kubelet/prober/worker.go, doProbe; argo-rollouts, utils/conditions/conditions.go; issues 1470, 4128
    """
    pods = pods_of(item, objects)
    stated = number(item.spec.get("progressDeadlineSeconds"))
    deadline = _DEADLINE if stated is None else stated
    if pods is None or deadline <= 0 or taken_over(item, objects):
        return
    fails = f"but the release fails after {spoken(deadline)} without progress"
    for pointer, container in pods.containers():
        late = [name for name in ("readinessProbe", "startupProbe") if _delay(container, name) >= deadline]
        allowed = _allowed(container)
        if late:
            message = f"no new pod is ready before {spoken(_delay(container, late[0]))}, {fails}"
            severity = Severity.ERROR if item.spec.get("progressDeadlineAbort") is True else None
            yield Finding((*pointer, late[0], "initialDelaySeconds"), message, _HINT, pods.holder, severity=severity)
        elif allowed > deadline:
            message = f"the startup probe allows {spoken(allowed)}, {fails}"
            yield Finding((*pointer, "startupProbe"), message, _HINT, pods.holder)


_HINT = "raise `progressDeadlineSeconds`, or let the probe begin or end earlier"


def _delay(container: dict[str, Any], probe: str) -> int:
    return number(table(container, probe).get("initialDelaySeconds")) or 0


def _allowed(container: dict[str, Any]) -> int:
    """Return the seconds that a startup probe allows a container; 0 without one."""
    probe = table(container, "startupProbe")
    if not probe:
        return 0
    tries = (number(probe.get("periodSeconds")) or _PERIOD) * (number(probe.get("failureThreshold")) or _FAILURES)
    return _delay(container, "startupProbe") + tries
